package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// API is the JSON door. Make one with New.
type API struct {
	desk   Desk
	huma   huma.API
	mux    *collector
	routes []edge.Route
}

// New describes every operation. It sets huma's one error constructor, which is
// a variable of that package.
func New(desk Desk, version string) *API {
	huma.NewErrorWithContext = newError
	config := huma.DefaultConfig("Paddock", version)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "/api/openapi", "", "/api/schemas"
	config.CreateHooks = nil
	config.Info.Description = "Everything the pages do. Send an access token as: Authorization: Bearer TOKEN."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer"}}
	a := &API{desk: desk, mux: &collector{handlers: map[string]http.HandlerFunc{}}}
	a.huma = humago.New(a.mux, config)
	a.catalog()
	a.apps()
	a.components()
	a.vex()
	a.issuer()
	a.reviews()
	a.directories()
	a.rules()
	a.reports()
	a.checks()
	a.pipelines()
	a.governance()
	a.access()
	a.governanceChanges()
	a.life()
	a.evidence()
	a.decisions()
	a.changes()
	a.approvals()
	a.people()
	a.log()
	a.lab()
	a.own()
	return a
}

// Routes lists the operations for the routes table.
func (a *API) Routes() []edge.Route { return a.routes }

// OpenAPI returns the description of the API as JSON.
func (a *API) OpenAPI() ([]byte, error) { return a.huma.OpenAPI().MarshalJSON() }

// collector takes the handlers that huma registers, by pattern.
type collector struct{ handlers map[string]http.HandlerFunc }

// HandleFunc implements humago.Mux.
func (c *collector) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	c.handlers[pattern] = h
}

// ServeHTTP implements humago.Mux; the edge does the serving.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// own adds huma's own routes: the OpenAPI document and the schemas.
func (a *API) own() {
	known := map[string]bool{}
	for _, r := range a.routes {
		known[r.Method+" "+r.Pattern] = true
	}
	for pattern, h := range a.mux.handlers {
		if known[pattern] {
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		a.routes = append(a.routes, edge.Route{Door: edge.API, Method: method, Pattern: path, Permission: edge.Anyone, Audit: "none: describes the API", Example: path, Handler: h})
	}
}

// row is what the routes table needs to know beyond huma's operation.
type row struct {
	permission, audit string
	limit             int64
}

const readOnly = "none: read only"

// op adds one operation: its method and path, its row and what it does.
func op[I, O any](a *API, method, path, id, summary string, r row, do func(ctx context.Context, who core.Person, in *I) (*O, error)) {
	o := huma.Operation{OperationID: id, Method: method, Path: "/api/v1" + path, Summary: summary, Tags: []string{strings.SplitN(strings.Trim(path, "/"), "/", 2)[0]},
		Errors: []int{401, 403, 404, 409, 422}, MaxBodyBytes: r.limit}
	if r.permission != edge.Anyone {
		o.Security = []map[string][]string{{"token": {}}}
	}
	huma.Register(a.huma, o, func(ctx context.Context, in *I) (*O, error) {
		who, _ := edge.Caller(ctx)
		out, err := do(ctx, who, in)
		if err != nil {
			edge.Note(ctx, err)
			p := problemOf(err)
			p.RequestID = edge.RequestID(ctx)
			return out, p
		}
		return out, nil
	})
	pattern := method + " " + o.Path
	a.routes = append(a.routes, edge.Route{Door: edge.API, Method: method, Pattern: o.Path, Permission: r.permission, Audit: r.audit, Example: example(o.Path), Limit: r.limit, Handler: a.mux.handlers[pattern]})
}

// forPipelines says of the newest operation that the access token of a pipeline is
// taken.
func (a *API) forPipelines() { a.routes[len(a.routes)-1].Service = true }

// signsIn says of the newest operation that how often an address asks for it is
// bounded, as where people sign in.
func (a *API) signsIn() { a.routes[len(a.routes)-1].SignsIn = true }

// example fills a pattern's wildcards.
func example(path string) string {
	return strings.NewReplacer("{app}", "payroll", "{number}", "1", "{commit}", "5f1c2a9be0d34c7788f1a2b3c4d5e6f708192a3b", "{id}", "0192f0c1-7b3a-7d54-8f00-0123456789ab", "{digest}", "sha256:00", "{name}", "talent-token", "{email}", "ada@example.org", "{course}", "safe-apps", "{review}", "2026-Q4", "{provider}", "entra", "{path...}", "checkpoint").Replace(path)
}

// body wraps an answer.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// none is an answer without content.
type none struct{}

func done(err error) (*none, error) {
	if err != nil {
		return nil, err
	}
	return &none{}, nil
}

// list is a list with room for a cursor.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next_cursor,omitempty"`
}

func items[T any](v []T, err error) (*body[list[T]], error) {
	if v == nil {
		v = []T{}
	}
	return answer(list[T]{Items: v}, err)
}
