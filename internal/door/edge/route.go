package edge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Anyone is the permission of a route that needs no sign-in.
const Anyone = "anyone"

// Certificate is the permission of a route that is served on a listener of its
// own: callers prove by a certificate who they are, if admission_client_ca is set.
const Certificate = "client certificate"

// Door names who answers on a route.
type Door string

// The doors that speak HTTP.
const (
	Web       Door = "web"
	API       Door = "api"
	Git       Door = "git"
	SCIM      Door = "scim"      // sign-in providers bring people
	Address   Door = "app"       // an app's own address
	Admission Door = "admission" // Kubernetes asks; on a listener of its own
)

// Route is one row of the routes table (promise 11).
type Route struct {
	Door       Door
	Method     string
	Pattern    string // of http.ServeMux, without method and host
	Permission string // what the caller needs, or Anyone
	Audit      string // the event that the act writes, or "none: " and why
	Example    string // a path that matches, for the docs and the walk of the matrix test
	Limit      int64  // most bytes of the request's body; 0 means 1 MiB, -1 leaves it to the handler
	// Service is true where the access token of a pipeline is taken; nowhere else is it.
	Service bool
	// Reads is true where a POST changes nothing and is one only because its question
	// fits in no address: then tokens and people who may only read are taken.
	Reads bool
	// Streams is true where the answer may take longer than the usual 30 s.
	Streams bool
	// SignsIn is true where people or pipelines sign in: how often it is asked for is
	// bounded for each address, for people and for pipelines alone.
	SignsIn bool
	Handler http.Handler
}

// defaultLimit bounds a request's body.
const defaultLimit = 1 << 20

// check refuses a row that leaves something undeclared.
func (r Route) check() error {
	missing := func(what, do string) error {
		return fmt.Errorf("edge: route %s %s (%s) declares no %s: %s", r.Method, r.Pattern, r.Door, what, do)
	}
	switch {
	case r.Door == "":
		return missing("door", "set Door to the one that serves it, such as edge.API")
	case r.Method == "" && r.Door != Address:
		return missing("method", "set Method; one row for each")
	case r.Permission == "":
		return missing("permission", "set Permission to a right of internal/engine/authz/table.go, or to edge.Anyone")
	case r.Audit == "" || strings.TrimSpace(strings.TrimPrefix(r.Audit, "none:")) == "":
		return missing("audit action", "set Audit to the action of docs/reference/events.md that it writes, or to \"none: \" and why")
	case !strings.HasPrefix(r.Example, "/"):
		return missing("example", "set Example to a path that matches, of something that the matrix test's house has (internal/app/matrix_house_test.go)")
	case r.Handler == nil:
		return missing("handler", "set Handler")
	}
	return nil
}

// Table is the list of all routes, by door. It is built once, before serving.
type Table struct{ routes []Route }

// Add puts routes into the table. It panics on a row that leaves its
// permission, audit action or example undeclared, so that such a build never starts.
func (t *Table) Add(routes ...Route) {
	for _, r := range routes {
		if err := r.check(); err != nil {
			panic(err)
		}
		t.routes = append(t.routes, r)
	}
}

// Routes returns a copy of the table, sorted by door, pattern and method.
func (t *Table) Routes() []Route {
	out := slices.Clone(t.routes)
	slices.SortFunc(out, func(a, b Route) int {
		return strings.Compare(string(a.Door)+a.Pattern+a.Method, string(b.Door)+b.Pattern+b.Method)
	})
	return out
}

// actorFor names the caller of a request for the audit log.
func actorFor(who core.Person, door Door) core.Actor {
	return who.As(string(door))
}
