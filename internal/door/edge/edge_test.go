package edge_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// identity knows one maker and one auditor, by session and by token.
type identity struct{}

func person(name string) core.Person {
	return core.Person{ID: core.ID(name), Email: name + "@example.org", Roles: []core.Role{core.Role(name)}}
}

func (identity) Session(_ context.Context, v core.Secret) (core.Person, error) {
	switch s := string(v.Open()); s {
	case "maker-session", "auditor-session":
		return person(strings.TrimSuffix(s, "-session")), nil
	case "broken":
		return core.Person{}, core.Errorf(core.Internal, "The store is away.")
	}
	return core.Person{}, core.Errorf(core.Unauthorized, "Unknown.")
}

func (identity) Token(_ context.Context, v core.Secret, _ core.Use) (core.Person, core.Credential, error) {
	switch string(v.Open()) {
	case "reads":
		return person("auditor"), core.Credential{Scope: "read"}, nil
	case "writes":
		return person("maker"), core.Credential{Scope: "write"}, nil
	}
	return core.Person{}, core.Credential{}, core.Errorf(core.Unauthorized, "Unknown.")
}

// covers lets a reading token look only.
func covers(scopes []string, _ string, change bool) error {
	if change && !slices.Contains(scopes, "write") {
		return core.Errorf(core.Forbidden, "This access token may only read.")
	}
	return nil
}

// porch is a router with one row of each sort, and what its handlers saw.
type porch struct {
	*edge.Router
	log  *bytes.Buffer
	seen []string
}

func newPorch(t *testing.T) *porch {
	t.Helper()
	p := &porch{log: &bytes.Buffer{}}
	say := func(w http.ResponseWriter, r *http.Request) {
		who, _ := edge.Caller(r.Context())
		p.seen = append(p.seen, r.Method+" "+r.URL.Path+" "+who.Email+" "+edge.Actor(r.Context()).Door)
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		fmt.Fprint(w, "handled")
	}
	row := func(door edge.Door, method, pattern, permission string, h http.HandlerFunc) edge.Route {
		return edge.Route{Door: door, Method: method, Pattern: pattern, Permission: permission, Audit: "none: a test", Example: pattern, Handler: h}
	}
	table := &edge.Table{}
	table.Add(row(edge.Web, "GET", "/open", edge.Anyone, say), row(edge.Web, "POST", "/open", edge.Anyone, say),
		row(edge.Web, "GET", "/mine/{x...}", "signed-in", say), row(edge.Web, "POST", "/mine/{x...}", "signed-in", say), row(edge.Web, "GET", "/audit", "auditor", say),
		row(edge.API, "GET", "/api/v1/mine", "signed-in", say), row(edge.API, "POST", "/api/v1/mine", "signed-in", say), row(edge.API, "GET", "/api/v1/audit", "auditor", say),
		row(edge.Git, "GET", "/git/{repo}/x", "signed-in", say), row(edge.Address, "", "/", "app.open", say),
		row(edge.Web, "GET", "/panic", edge.Anyone, func(http.ResponseWriter, *http.Request) { panic("secret inside") }),
		row(edge.API, "GET", "/api/v1/panic", edge.Anyone, func(http.ResponseWriter, *http.Request) { panic("secret inside") }),
		row(edge.Web, "GET", "/half", edge.Anyone, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "half"); panic("secret inside") }))
	p.Router = edge.NewRouter(edge.Options{Identity: identity{}, Covers: covers, Log: slog.New(slog.NewTextHandler(p.log, nil)), Clock: testkit.NewClock(time.Unix(1e9, 0)), IDs: core.IDs{},
		Hosts: []string{"paddock.example"}, AppDomain: "apps.example",
		May: func(who core.Person, permission string) bool {
			return permission == "signed-in" || who.Has(core.Role(permission))
		}}, table)
	return p
}

// ask sends a request; more changes it.
func (p *porch) ask(method, target string, more ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for _, f := range more {
		f(r)
	}
	rec := httptest.NewRecorder()
	p.ServeHTTP(rec, r)
	return rec
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func session(value string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: edge.SessionCookie, Value: value}) }
}

func bearer(value string) func(*http.Request) { return header("Authorization", "Bearer "+value) }

const own = "http://paddock.example"

// Promise 11: a build whose table leaves something open never starts.
func TestUndeclaredRowPanics(t *testing.T) {
	whole := edge.Route{Door: edge.Web, Method: "GET", Pattern: "/x", Permission: edge.Anyone, Audit: "none: a test", Example: "/x", Handler: http.NotFoundHandler()}
	for what, spoil := range map[string]func(*edge.Route){
		"door": func(r *edge.Route) { r.Door = "" }, "method": func(r *edge.Route) { r.Method = "" }, "permission": func(r *edge.Route) { r.Permission = "" },
		"audit action": func(r *edge.Route) { r.Audit = "" }, "reason": func(r *edge.Route) { r.Audit = "none: " }, "handler": func(r *edge.Route) { r.Handler = nil },
		"example": func(r *edge.Route) { r.Example = "" },
	} {
		bad := whole
		spoil(&bad)
		why := panics(func() { new(edge.Table).Add(bad) })
		if why == "" {
			t.Errorf("a row without %s is taken", what)
		}
		if field := map[string]string{"reason": "audit action"}[what]; !strings.Contains(why, cmp.Or(field, what)) || !strings.Contains(why, "set ") {
			t.Errorf("a row without %s: the message does not say what to do: %s", what, why)
		}
	}
	if why := panics(func() { new(edge.Table).Add(whole) }); why != "" {
		t.Errorf("a whole row is refused: %s", why)
	}
}

// panics runs f and returns what it panicked with, or "".
func panics(f func()) (why string) {
	defer func() {
		if p := recover(); p != nil {
			why = fmt.Sprint(p)
		}
	}()
	f()
	return ""
}

// TestPermissions is the matrix of callers and rows.
func TestPermissions(t *testing.T) {
	nobody := func(*http.Request) {}
	for _, c := range []struct {
		who                                  string
		as                                   func(*http.Request)
		open, mine, audit, apiMine, apiAudit int
	}{
		{"nobody", nobody, 200, 303, 303, 401, 401},
		{"maker", session("maker-session"), 200, 200, 403, 200, 403},
		{"auditor", session("auditor-session"), 200, 200, 200, 200, 200},
		{"an ended session", session("old"), 200, 303, 303, 401, 401},
		{"an unreadable store", session("broken"), 500, 500, 500, 500, 500},
		{"a writing token", bearer("writes"), 200, 200, 403, 200, 403},
		{"a reading token", bearer("reads"), 200, 200, 200, 200, 200},
		{"an unknown token", bearer("guess"), 303, 303, 303, 401, 401},
	} {
		p := newPorch(t)
		want := []int{c.open, c.mine, c.audit, c.apiMine, c.apiAudit}
		handled := 0
		for i, path := range []string{"/open", "/mine/x", "/audit", "/api/v1/mine", "/api/v1/audit"} {
			if got := p.ask("GET", own+path, c.as).Code; got != want[i] {
				t.Errorf("%s: %s is answered %d, want %d", c.who, path, got, want[i])
			}
			if want[i] == 200 {
				handled++
			}
		}
		if len(p.seen) != handled {
			t.Errorf("%s: handlers ran for %v", c.who, p.seen)
		}
	}
}

func TestCallerAndActor(t *testing.T) {
	p := newPorch(t)
	p.ask("GET", own+"/mine/x", session("maker-session"))
	p.ask("GET", own+"/api/v1/mine", bearer("writes"))
	p.ask("GET", own+"/open")
	if want := []string{"GET /mine/x maker@example.org web", "GET /api/v1/mine maker@example.org api", "GET /open  "}; !slices.Equal(p.seen, want) {
		t.Errorf("handlers saw %q, want %q", p.seen, want)
	}
}

// A page of another site cannot act with the cookie that the browser sends along.
func TestCrossSiteRequestIsRefused(t *testing.T) {
	for _, path := range []string{"/mine/x", "/api/v1/mine", "/open"} {
		for _, c := range []struct {
			name, header, value string
			want                int
		}{
			{"another site", "Sec-Fetch-Site", "cross-site", 403}, {"an app's own address", "Sec-Fetch-Site", "same-site", 403}, {"this site", "Sec-Fetch-Site", "same-origin", 200},
			{"an old browser elsewhere", "Origin", "https://evil.example", 403}, {"an app by origin", "Origin", "http://payroll.apps.example", 403},
			{"no origin", "Origin", "null", 403}, {"an old browser here", "Origin", own, 200}, {"no browser", "Accept", "*/*", 200},
		} {
			p := newPorch(t)
			rec := p.ask("POST", own+path, session("maker-session"), header(c.header, c.value))
			if rec.Code != c.want || (c.want == 200) != (len(p.seen) == 1) {
				t.Errorf("POST %s from %s: %d, handlers ran %d times", path, c.name, rec.Code, len(p.seen))
			}
		}
	}
	p := newPorch(t)
	if rec := p.ask("POST", own+"/open", header("Sec-Fetch-Site", "cross-site")); rec.Code != 403 {
		t.Errorf("a cross-site sign-in: %d", rec.Code)
	}
}

func TestReadingTokenDoesNotWrite(t *testing.T) {
	p := newPorch(t)
	if rec := p.ask("POST", own+"/api/v1/mine", bearer("reads")); rec.Code != 403 || len(p.seen) != 0 {
		t.Errorf("POST with a reading token: %d %s", rec.Code, rec.Body)
	}
	if rec := p.ask("POST", own+"/api/v1/mine", bearer("writes")); rec.Code != 200 {
		t.Errorf("POST with a writing token: %d", rec.Code)
	}
	if rec := p.ask("POST", own+"/api/v1/mine", bearer("reads"), session("maker-session")); rec.Code != 403 {
		t.Errorf("a reading token with a cookie: %d", rec.Code)
	}
}

func TestUnknownHost(t *testing.T) {
	for _, host := range []string{"evil.example", "paddock.example.evil.example", "apps.example", "a.b.apps.example", ".apps.example", "apps.example.", "paddock.example:80.evil.example", ""} {
		p := newPorch(t)
		rec := p.ask("GET", own+"/open", func(r *http.Request) { r.Host = host })
		if rec.Code != 422 && rec.Code != 421 || len(p.seen) != 0 {
			t.Errorf("host %q: %d, handlers %v", host, rec.Code, p.seen)
		}
		guarded(t, "host "+host, rec.Header())
	}
	p := newPorch(t)
	for _, host := range []string{"paddock.example", "PADDOCK.example:8420", "payroll.apps.example:8420"} {
		if rec := p.ask("GET", own+"/open", func(r *http.Request) { r.Host = host }); rec.Code != 200 {
			t.Errorf("host %q: %d", host, rec.Code)
		}
	}
}

// What belongs to an app's address is not served on Paddock's own, nor the other
// way round.
func TestAddressesAreApart(t *testing.T) {
	p := newPorch(t)
	p.ask("GET", "http://payroll.apps.example/mine/x", session("maker-session"))
	p.ask("GET", own+"/nothing/here", session("maker-session"))
	if want := []string{"GET /mine/x  "}; !slices.Equal(p.seen, want) {
		t.Errorf("handlers saw %q, want the app's only", p.seen)
	}
	if p.AppOf("payroll.apps.example") != "payroll" || p.AppOf("PAYROLL.Apps.Example") != "payroll" || p.AppOf("x.payroll.apps.example") != "" {
		t.Error("names of apps are read wrongly")
	}
}

func TestBodyLimit(t *testing.T) {
	p := newPorch(t)
	body := func(n int) func(*http.Request) {
		return func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", n))) }
	}
	if rec := p.ask("POST", own+"/open", body(1<<20)); rec.Code != 200 {
		t.Errorf("1 MiB: %d", rec.Code)
	}
	if rec := p.ask("POST", own+"/open", body(1<<20+1)); rec.Code != 413 {
		t.Errorf("more than 1 MiB: %d", rec.Code)
	}
}

func TestPanicIsHidden(t *testing.T) {
	for _, path := range []string{"/panic", "/api/v1/panic"} {
		p := newPorch(t)
		rec := p.ask("GET", own+path)
		if rec.Code != 500 || strings.Contains(rec.Body.String(), "secret inside") {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
		if !strings.Contains(p.log.String(), "secret inside") {
			t.Errorf("%s: the log does not say why: %s", path, p.log)
		}
	}
}

// An answer that broke off must not arrive as if it were whole.
func TestPanicBreaksOffAHalfAnswer(t *testing.T) {
	p := newPorch(t)
	s := httptest.NewServer(p)
	defer s.Close()
	r, _ := http.NewRequest("GET", s.URL+"/half", nil)
	r.Host = "paddock.example"
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return // broken off before the first byte
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("half an answer arrived as a whole one: %q", b)
	}
}

// guarded demands the headers that every answer of Paddock's own doors carries.
func guarded(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"} {
		if h.Get(name) != want {
			t.Errorf("%s: %s is %q", what, name, h.Get(name))
		}
	}
	policy := h.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s: the content policy lacks %s: %q", what, part, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "NONCE") {
		t.Errorf("%s: the content policy is %q", what, policy)
	}
	if h.Get("X-Request-Id") == "" {
		t.Errorf("%s: there is no request id", what)
	}
}

func TestSecurityHeaders(t *testing.T) {
	p := newPorch(t)
	for path, status := range map[string]int{"/open": 200, "/nothing": 404, "/mine/x": 303, "/panic": 500, "/api/v1/mine": 401, "/api/v1/nothing": 404, "/git/payroll.git/x": 200} {
		rec := p.ask("GET", own+path)
		if rec.Code != status {
			t.Errorf("%s: %d, want %d", path, rec.Code, status)
		}
		guarded(t, path, rec.Header())
		if !strings.HasPrefix(path, "/open") && rec.Code == 200 && rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be kept by others", path)
		}
	}
	rec := p.ask("GET", "http://payroll.apps.example/")
	if h := rec.Header(); h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "" {
		t.Errorf("an app's address: %v", h)
	}
}

// Promise 7: nothing that signs somebody in reaches the log.
func TestLogHoldsNoToken(t *testing.T) {
	p := newPorch(t)
	const canary = "canary-4711"
	p.ask("GET", own+"/open?token="+canary, header("Referer", own+"/"+canary), header("User-Agent", canary))
	p.ask("GET", own+"/mine/"+canary+"?next="+canary, bearer(canary))
	p.ask("GET", own+"/nothing/"+canary, session(canary))
	p.ask("GET", own+"/panic?x="+canary)
	p.ask("GET", "http://payroll.apps.example/.paddock/enter?ticket="+canary)
	p.ask("GET", own+"//open/../"+canary)
	lines := strings.Count(p.log.String(), "msg=request")
	if lines != 6 {
		t.Errorf("%d lines for 6 requests:\n%s", lines, p.log)
	}
	if strings.Contains(p.log.String(), canary) {
		t.Errorf("the log repeats a token:\n%s", p.log)
	}
}

// Whoever is sent to sign in comes back to the same page here, nowhere else.
func TestRedirectToSignIn(t *testing.T) {
	p := newPorch(t)
	for _, target := range []string{"/mine/x?a=1&b=//evil.example", "/mine//evil.example", "/mine/%2F%2Fevil.example"} {
		rec := p.ask("GET", own+target)
		at, err := url.Parse(rec.Header().Get("Location"))
		if err != nil || at.Host != "" || rec.Code >= 400 {
			t.Errorf("%s: %d to %q", target, rec.Code, rec.Header().Get("Location"))
			continue
		}
		if next := at.Query().Get("next"); rec.Code == 303 && (!strings.HasPrefix(next, "/mine/") || at.Path != "/sign-in") {
			t.Errorf("%s: sent to %s, and then to %q", target, at.Path, next)
		}
	}
	if rec := p.ask("GET", "http://paddock.example//evil.example/x"); strings.HasPrefix(rec.Header().Get("Location"), "//") {
		t.Errorf("sent to %q", rec.Header().Get("Location"))
	}
	if rec := p.ask("POST", own+"/mine/x"); rec.Code != 401 {
		t.Errorf("a POST is sent away: %d", rec.Code)
	}
}

// maker starts and ends sessions.
type maker struct{ ended []string }

func (*maker) StartSession(context.Context, core.Person) (core.Secret, error) {
	return core.NewSecret([]byte("value")), nil
}

func (m *maker) EndSession(_ context.Context, v core.Secret) error {
	m.ended = append(m.ended, string(v.Open()))
	return nil
}

func TestSessionCookie(t *testing.T) {
	for _, secure := range []bool{false, true} {
		m := &maker{}
		s := edge.Sessions{Maker: m, Secure: secure}
		rec := httptest.NewRecorder()
		if err := s.Start(rec, httptest.NewRequest("POST", "/sign-in", nil), core.Person{}); err != nil {
			t.Fatal(err)
		}
		c := rec.Result().Cookies()[0]
		if c.Name != edge.CookieName(edge.SessionCookie, secure) || strings.HasPrefix(c.Name, "__Host-") != secure || c.Value != "value" || !c.HttpOnly || c.Secure != secure || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" {
			t.Errorf("the cookie is %+v", c)
		}
		rec = httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/sign-out", nil)
		r.AddCookie(c)
		if err := s.End(rec, r); err != nil || !slices.Equal(m.ended, []string{"value"}) || rec.Result().Cookies()[0].MaxAge >= 0 {
			t.Errorf("signing out: %v, ended %v, %+v", err, m.ended, rec.Result().Cookies())
		}
	}
}
