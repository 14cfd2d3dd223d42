package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

// auditorReads holds that each read of an auditor is one event, at pages, the
// API and git, and that nobody else's is.
func (m *matrix) auditorReads(t *testing.T) {
	count := func() int {
		all, err := m.store.SearchEvents(t.Context(), store.EventFilter{Action: "auditor.read", Most: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	for _, r := range m.rows() {
		if r.Method != http.MethodGet || r.Door == edge.Address || r.Permission == edge.Anyone && strings.HasPrefix(r.Audit, "none:") {
			continue
		}
		before := count()
		rec := m.send("auditor", r, http.MethodGet, r.Example)
		want := 0
		if through(r, rec) {
			want = 1
		}
		if got := count() - before; got != want {
			t.Errorf("%s as auditor: %d, %d events, want %d", name(r), rec.Code, got, want)
		}
		before = count()
		if m.send("owner", r, http.MethodGet, r.Example); count() != before {
			t.Errorf("%s as owner is logged as an auditor's", name(r))
		}
	}
}

// signedPages holds that each page for people who are signed in has a way out,
// and is kept by nobody.
func (m *matrix) signedPages(t *testing.T) {
	pages := 0
	for _, r := range m.rows() {
		rec := httptest.NewRecorder()
		if r.Door == edge.Web && r.Method == http.MethodGet && r.Permission != edge.Anyone {
			rec = m.send("owner", r, http.MethodGet, example(r))
		}
		if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") || !strings.Contains(rec.Body.String(), "<html") {
			continue
		}
		pages++
		if !strings.Contains(rec.Body.String(), `action="/sign-out"`) {
			t.Errorf("%s has no way to sign out", name(r))
		}
		if c := rec.Header().Get("Cache-Control"); !strings.Contains(c, "no-store") && !strings.Contains(c, "private") {
			t.Errorf("%s may be kept by others: %q", name(r), c)
		}
	}
	if pages < 10 {
		t.Errorf("only %d pages were looked at", pages)
	}
}

// harmless are answers that no handler of a route gave.
func harmless(code int) bool {
	switch code {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect, http.StatusBadRequest, http.StatusUnauthorized,
		http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusMisdirectedRequest, http.StatusUnprocessableEntity, http.StatusNotImplemented:
		return true
	}
	return false
}

// methods holds that a path is served by the methods of the table only: nothing
// in a header or in the spelling of the method reaches another row.
func (m *matrix) methods(t *testing.T) {
	known := map[string]bool{}
	for _, r := range m.table.Routes() {
		known[name(r)] = true
	}
	override := func(r *http.Request) {
		for _, h := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
			r.Header.Set(h, "GET")
		}
	}
	for _, r := range m.rows() {
		if r.Door == edge.Address {
			continue // all methods are the app's
		}
		for _, verb := range []string{"HEAD", "OPTIONS", "TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "POST", "get", "PROPFIND"} {
			rec := m.send("anonymous", r, verb, r.Example, override)
			row := m.heard.last()
			if served := row != "" && row != "GET" && strings.HasPrefix(row, verb+" "); served != (known[verb+" "+r.Pattern] && row == verb+" "+r.Pattern) && verb != "HEAD" {
				t.Errorf("%s %s is served by %q", verb, r.Example, row)
			}
			if !harmless(rec.Code) && !(strings.HasPrefix(row, "GET ") && verb == "HEAD" || known[row]) {
				t.Errorf("%s %s: %d by %q", verb, r.Example, rec.Code, row)
			}
			if known[row] && !strings.HasPrefix(row, verb+" ") && !(verb == "HEAD" && strings.HasPrefix(row, "GET ")) {
				t.Errorf("%s %s reaches %q", verb, r.Example, row)
			}
		}
	}
}

// paths holds that no spelling of a path gets somebody without a right past it.
func (m *matrix) paths(t *testing.T) {
	for _, r := range m.rows() {
		if r.Permission == edge.Anyone || r.Door == edge.Address {
			continue
		}
		path, _, _ := strings.Cut(r.Example, "?")
		last := path[strings.LastIndex(path, "/"):]
		for _, trick := range []string{"/" + path, strings.Replace(path, "/", "/./", 1), "/x/.." + path, "/assets/.." + path, "/sign-in/.." + path, "/docs/errors/../.." + path, path + "/", path + ";a=b", "/;" + path,
			path + "%2e", strings.TrimSuffix(path, last) + "%2f" + strings.TrimPrefix(last, "/"), path + "%00", path + "/.", strings.ToUpper(path), "/%2e%2e" + path, "\\" + path, path + "?x=/assets/paddock.css"} {
			rec, row := m.raw(method(r), trick)
			if rec == nil || rec.Code == http.StatusOK && strings.HasPrefix(row, "GET /assets/") {
				continue
			}
			if !harmless(rec.Code) {
				t.Errorf("%s %s without a right: %d by %q", method(r), trick, rec.Code, row)
			}
		}
	}
}

// raw sends a request line as a client wrote it, by anybody; nil if it is none.
func (m *matrix) raw(method, target string) (rec *httptest.ResponseRecorder, row string) {
	r, err := http.NewRequest(method, "http://localhost:8420", nil)
	if err != nil {
		return nil, ""
	}
	u, err := r.URL.Parse(target)
	if err != nil || u.Host != "localhost:8420" {
		u = r.URL
		u.Path, u.RawPath = target, target
	}
	r.URL, r.RequestURI, r.Host = u, target, "localhost:8420"
	r.Body = http.NoBody
	rec = httptest.NewRecorder()
	m.router.ServeHTTP(rec, r)
	return rec, m.heard.last()
}

// hostTricks holds that only the request's own host counts, and only if it is
// one of the server's.
func (m *matrix) hostTricks(t *testing.T) {
	var home edge.Route
	for _, r := range m.rows() {
		if name(r) == "GET /api/v1/apps" {
			home = r
		}
	}
	for _, host := range []string{"evil.example", "localhost.evil.example", "localhost:8420.evil.example", "payroll.apps.localhost.evil.example", "a.payroll.apps.localhost", ".apps.localhost", "apps.localhost", "localhost\x00", "", "127.0.0.1.nip.example"} {
		rec := m.send("owner", home, "GET", home.Example, func(r *http.Request) { r.Host = host })
		if row := m.heard.last(); row == name(home) || rec.Code == http.StatusOK {
			t.Errorf("host %q: %d by %q", host, rec.Code, row)
		}
	}
	rec := m.send("owner", home, "GET", home.Example, func(r *http.Request) {
		for _, h := range []string{"X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"} {
			r.Header.Set(h, "payroll.apps.localhost")
		}
	})
	if row := m.heard.last(); rec.Code != http.StatusOK || row != name(home) {
		t.Errorf("headers of a proxy lead to %q: %d", row, rec.Code)
	}
}

// hostileHeaders holds that what proves a caller is bounded, and that nonsense
// gets one clear refusal and never a fault.
func (m *matrix) hostileHeaders(t *testing.T) {
	var mine edge.Route
	for _, r := range m.rows() {
		if name(r) == "GET /api/v1/apps" {
			mine = r
		}
	}
	long := strings.Repeat("a", 60<<10)
	for what, spoil := range map[string]func(*http.Request){
		"a long bearer":        func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+long) },
		"an empty bearer":      func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") },
		"a bearer of spaces":   func(r *http.Request) { r.Header.Set("Authorization", "Bearer    ") },
		"another scheme":       func(r *http.Request) { r.Header.Set("Authorization", "Basic "+m.token["owner"]) },
		"no UTF-8":             func(r *http.Request) { r.Header.Set("Authorization", "Bearer \xff\xfe\x00") },
		"a list of bearers":    func(r *http.Request) { r.Header.Set("Authorization", "Bearer a, Bearer "+m.token["owner"]) },
		"a long cookie":        func(r *http.Request) { r.Header.Set("Cookie", edge.SessionCookie+"="+long) },
		"a cookie of no UTF-8": func(r *http.Request) { r.Header.Set("Cookie", edge.SessionCookie+"=\xff\xfe") },
		"a quoted cookie":      func(r *http.Request) { r.Header.Set("Cookie", edge.SessionCookie+`="`) },
		"many cookies": func(r *http.Request) {
			r.Header.Set("Cookie", strings.Repeat("x=y; ", 5000)+edge.SessionCookie+"=guess")
		},
		"an empty cookie": func(r *http.Request) { r.Header.Set("Cookie", edge.SessionCookie+"=") },
		"a token in the query": func(r *http.Request) {
			r.URL.RawQuery = "access_token=" + m.token["owner"] + "&token=" + m.token["owner"]
		},
	} {
		rec := m.send("anonymous", mine, "GET", mine.Example, spoil)
		if rec.Code != http.StatusUnauthorized || !strings.Contains(rec.Body.String(), `"fix"`) || strings.Contains(rec.Body.String(), "aaaaaaaa") || rec.Body.Len() > 1000 {
			t.Errorf("%s: %d %.300s", what, rec.Code, rec.Body)
		}
	}
	// The first cookie of a name counts, and so does a bearer before any cookie: a
	// second value never makes somebody else of a caller.
	rec := m.send("anonymous", mine, "GET", mine.Example, func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer guess")
		r.Header.Set("Cookie", edge.SessionCookie+"="+m.session["owner"])
	})
	if rec.Code != http.StatusUnauthorized {
		t.Errorf("a wrong bearer beside a session: %d", rec.Code)
	}
}
