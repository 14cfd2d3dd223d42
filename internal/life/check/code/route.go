package code

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// route is one address that an app answers, as the code declares it.
type route struct {
	at      syntax.Node
	method  string
	path    string
	asks    bool // who is calling
	changes bool
}

var (
	routeMethods = map[string]bool{"get": true, "post": true, "put": true, "patch": true, "delete": true, "route": true, "HandleFunc": true, "Handle": true, "GET": true, "POST": true, "PUT": true, "PATCH": true, "DELETE": true, "api_route": true, "all": true, "del": true}
	asksWho      = regexp.MustCompile(`(?i)auth|session|login|logged|current_?user|req(uest)?\.user|\.user\b|require_?(user|role|admin)|permission|protect|guard|verify|jwt|token|api_?key|is_?admin|can_?access|access_?control|identity|principal|owner|passport|signature|hmac|csrf|secret`)
	openPath     = regexp.MustCompile(`(?i)log-?in|log-?out|sign-?(in|up|out)|register|health|ping|ready|live|status|webhook|callback|public|forgot|reset|static|assets|favicon|robots|docs|openapi|metrics|version|contact|subscribe|feedback|csp|^/?$|token|oauth|captcha|verify`)
)

// routes tries the clauses about routes: those that ask nobody who they are,
// while others in the same file do.
func (u *unit) routes(ready *clauses, add adder) {
	if len(ready.routes) == 0 {
		return
	}
	var all []route
	for n := range u.t.Root().Within() {
		switch {
		case n.Is("call_expression"):
			if r, ok := u.routeOf(n); ok {
				all = append(all, r)
			} else if u.forAll(n) {
				return
			}
		case n.Is("decorated_definition"):
			if r, ok := u.decorated(n); ok {
				all = append(all, r)
			}
		case n.Is("call") && asksWho.Match(n.Bytes()) && (calleeName(n) == "before_request" || calleeName(n) == "APIRouter" || calleeName(n) == "FastAPI" || calleeName(n) == "add_middleware"):
			return
		case n.Is("decorator") && strings.Contains(n.Text(), "before_request"):
			return
		}
	}
	for _, r := range all {
		if r.asks || openPath.MatchString(r.path) || !r.changes {
			continue
		}
		others := 0
		for _, o := range all {
			if o.asks && !openPath.MatchString(o.path) {
				others++
			}
		}
		if others > 0 {
			for _, c := range ready.routes {
				add(c, r.at, r.at)
			}
		}
	}
}

// forAll reports whether a call asks for all routes who is calling: app.use(requireAuth).
func (u *unit) forAll(n syntax.Node) bool {
	name := calleeName(n)
	if name != "use" && name != "Use" && name != "onRequest" && name != "addHook" {
		return false
	}
	first := arguments(n, 0)
	if s, ok := u.constant(first); ok && s != "*" && s != "/*" && s != "/" && s != "onRequest" && s != "preHandler" {
		return false
	}
	args := n.Field("arguments").Text()
	return asksWho.MatchString(args) && !strings.Contains(args, "session(") && !strings.Contains(args, "passport.initialize")
}

// routeOf reads app.post("/x", ..., handler) and mux.HandleFunc("/x", handler).
func (u *unit) routeOf(n syntax.Node) (route, bool) {
	name := calleeName(n)
	if !routeMethods[name] || !receiver(n).Ok() {
		return route{}, false
	}
	path, ok := u.constant(arguments(n, 0))
	if !ok || !strings.Contains(path, "/") || strings.Contains(path, "://") {
		return route{}, false
	}
	handler := arguments(n, -1)
	if !arguments(n, 1).Ok() {
		return route{}, false
	}
	r := route{at: lastNode(n.Field("function")), path: path, method: strings.ToLower(name)}
	r.asks = asksWho.Match(n.Field("arguments").Bytes()[len(arguments(n, 0).Bytes()):])
	body := u.follow(handler)
	if d := u.functionNamed(handler); d.Ok() {
		r.asks, body = r.asks || asksWho.Match(d.Bytes()), d
	} else if handler.Is("identifier", "member_expression", "selector_expression") && !scopeKind(body) {
		r.asks = r.asks || !scopeKind(body) && u.in == "js" // what it does is not known here
	}
	r.asks = r.asks || asksWho.Match(body.Bytes())
	switch r.method {
	case "post", "put", "patch", "delete", "del":
		r.changes = true
	case "handlefunc", "handle":
		method, _, _ := strings.Cut(path, " ")
		r.changes = method == "POST" || method == "PUT" || method == "PATCH" || method == "DELETE" || strings.Contains(body.Text(), "MethodPost") || strings.Contains(body.Text(), `"POST"`) || strings.Contains(body.Text(), "MethodDelete")
	}
	return r, true
}

// functionNamed returns the function of this file that a name means.
func (u *unit) functionNamed(n syntax.Node) syntax.Node {
	name := lastNode(n).Text()
	for d := range u.t.Root().Children() {
		if d.Is("function_declaration", "method_declaration", "function_definition") && d.Field("name").Text() == name {
			return d
		}
	}
	return syntax.Node{}
}

var decoratorMethod = regexp.MustCompile(`^@[\w.]+\.(get|post|put|patch|delete|route|api_route)\(\s*f?["']([^"']*)["']`)

// decorated reads @app.post("/x") above a function.
func (u *unit) decorated(n syntax.Node) (route, bool) {
	var r route
	found := false
	var rest strings.Builder
	for c := range n.Children() {
		if c.Is("decorator") {
			if m := decoratorMethod.FindStringSubmatch(c.Text()); m != nil && !found {
				found = true
				r = route{at: lastNode(c.Child(0).Field("function")), method: m[1], path: m[2]}
				_, after, _ := strings.Cut(c.Text(), m[2])
				rest.WriteString(after)
				r.changes = m[1] != "get" && m[1] != "route" && m[1] != "api_route" || strings.Contains(c.Text(), "POST") || strings.Contains(c.Text(), "DELETE") || strings.Contains(c.Text(), "PUT")
				continue
			}
		}
		rest.WriteString(c.Text() + "\n")
	}
	r.asks = asksWho.MatchString(rest.String())
	return r, found
}
