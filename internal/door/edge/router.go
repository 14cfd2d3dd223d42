package edge

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Identity says who holds a session or an access token.
type Identity interface {
	Session(ctx context.Context, value core.Secret) (core.Person, error)
	Token(ctx context.Context, value core.Secret, at core.Use) (who core.Person, c core.Credential, err error)
}

// Options are what a Router needs. All are required but Onlookers, Secure and Proxies.
type Options struct {
	Identity Identity
	May      func(who core.Person, permission string) bool
	// Covers says whether a token with these scopes may be used for a permission.
	Covers    func(scopes []string, permission string, change bool) error
	Log       *slog.Logger
	Clock     core.Clock
	IDs       core.IDs
	Hosts     []string // host names that are Paddock's own, without port
	AppDomain string   // apps answer at <name>.<AppDomain>
	Onlookers Onlookers
	Secure    bool // people reach this server by https
	// Proxies are the networks of proxies whose X-Forwarded-For counts; nobody's if
	// it is empty.
	Proxies []netip.Prefix
	// Refuse writes an error in the style of a door.
	Refuse map[Door]func(w http.ResponseWriter, r *http.Request, err *core.Error)
}

// Router serves the routes table: every request passes its host check, its
// caller's permission and its limits before a handler sees it.
type Router struct {
	o      Options
	own    *http.ServeMux // Paddock's own pages, API and git
	apps   http.Handler   // apps' own addresses
	cross  *http.CrossOriginProtection
	floods map[bool]*flood // of people, at pages, and of pipelines: neither keeps the other out
}

// NewRouter makes a router of a table. Two rows that clash panic.
func NewRouter(o Options, t *Table) *Router {
	rt := &Router{o: o, own: http.NewServeMux(), cross: http.NewCrossOriginProtection(), floods: map[bool]*flood{true: newFlood(o.Clock), false: newFlood(o.Clock)}}
	apps := http.NewServeMux()
	for _, r := range t.Routes() {
		if r.Door == Admission {
			continue
		}
		h := rt.guard(r)
		if r.Door == Address {
			apps.Handle(strings.TrimSpace(r.Method+" "+r.Pattern), h)
			continue
		}
		rt.own.Handle(r.Method+" "+r.Pattern, h)
	}
	rt.apps = apps
	rt.own.Handle("/", rt.guard(Route{Door: Web, Permission: Anyone, Audit: "none: no such page", Handler: http.HandlerFunc(rt.nowhere)}))
	return rt
}

// ServeHTTP implements http.Handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := rt.o.Clock.Now()
	id := string(rt.o.IDs.New(started))
	r.RemoteAddr = clientOf(r, rt.o.Proxies)
	rec := &recorder{ResponseWriter: w}
	ctx := WithRequestID(r.Context(), id)
	ev := &wideEvent{}
	ctx = context.WithValue(ctx, wideKey{}, ev)
	r = r.WithContext(ctx)
	w.Header().Set("X-Request-Id", id)
	begun := time.Now() // durations are the machine's, whatever clock the acts live by
	defer func() {
		p := recover()
		if p != nil {
			ev.err = core.Errorf(core.Internal, "panic: %v", p)
			if !rec.wrote {
				rt.refuse(rec, r, ev.door, core.Hidden("This request", nil))
				p = nil
			}
		}
		rt.log(r, rec, ev, time.Since(begun))
		if p != nil { // half an answer must not look like a whole one
			panic(http.ErrAbortHandler)
		}
	}()
	rt.dispatch(rec, r, ev)
}

func (rt *Router) dispatch(w http.ResponseWriter, r *http.Request, ev *wideEvent) {
	host := hostOf(r)
	if rt.AppOf(host) != "" {
		ev.door = Address
		rt.apps.ServeHTTP(w, r)
		return
	}
	for _, own := range rt.o.Hosts {
		if strings.EqualFold(host, own) {
			ev.door = doorOf(r)
			rt.own.ServeHTTP(w, r)
			return
		}
	}
	ev.door = Web
	headers(w, Web)
	rt.refuse(w, r, Web, core.Errorf(core.Invalid, "This server does not answer for the host %q.", host).
		Hinted("Use the address that was printed at start, or set base_url."))
}

// AppOf returns the name of the app whose address host is, or "".
func (rt *Router) AppOf(host string) string {
	name, ok := strings.CutSuffix(strings.ToLower(host), "."+rt.o.AppDomain)
	if !ok || name == "" || strings.Contains(name, ".") {
		return ""
	}
	return name
}

// answersAPI are the beginnings of paths where programs are answered.
func answersAPI() []string {
	return []string{
		"/api/",
		"/oauth/",
		"/opa/",
		"/witness/",
		"/.well-known/",
	}
}

func doorOf(r *http.Request) Door {
	switch {
	case slices.ContainsFunc(answersAPI(), func(start string) bool { return strings.HasPrefix(r.URL.Path, start) }):
		return API
	case strings.HasPrefix(r.URL.Path, "/git/"):
		return Git
	case strings.HasPrefix(r.URL.Path, "/scim/"):
		return SCIM
	}
	return Web
}

func hostOf(r *http.Request) string {
	host := r.Host
	if h, port, err := net.SplitHostPort(host); err == nil && !strings.ContainsFunc(port, func(c rune) bool { return c < '0' || c > '9' }) {
		host = h
	}
	return strings.Trim(host, "[]")
}

func (rt *Router) nowhere(w http.ResponseWriter, r *http.Request) {
	rt.refuse(w, r, doorOf(r), core.Errorf(core.NotFound, "There is nothing at %s.", r.URL.Path).Hinted("Check the address."))
}

func (rt *Router) refuse(w http.ResponseWriter, r *http.Request, door Door, err *core.Error) {
	if f := rt.o.Refuse[door]; f != nil {
		f(w, r, err)
		return
	}
	http.Error(w, err.Error(), core.OutcomeOf(err.Code).HTTP)
}
