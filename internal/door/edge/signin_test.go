package edge_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// Who signs in does not go on under a session that the browser brought along.
func TestNobodyFixesASession(t *testing.T) {
	m := &maker{}
	s := edge.Sessions{Maker: m}
	r := httptest.NewRequest("POST", "/sign-in", nil)
	r.AddCookie(&http.Cookie{Name: edge.SessionCookie, Value: "fixed"})
	rec := httptest.NewRecorder()
	if err := s.Start(rec, r, core.Person{}); err != nil || !slices.Equal(m.ended, []string{"fixed"}) {
		t.Errorf("%v, ended %v", err, m.ended)
	}
	if c := rec.Result().Cookies(); len(c) != 1 || c[0].Value != "value" {
		t.Errorf("the browser keeps %v", c)
	}
}

// On an https server a session counts only in the cookie that no other host can set.
func TestPlainCookieDoesNotCountOnHTTPS(t *testing.T) {
	table := &edge.Table{}
	table.Add(edge.Route{Door: edge.Web, Method: "GET", Pattern: "/mine", Permission: "signed-in", Audit: "none: a test", Example: "/mine", Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})})
	rt := edge.NewRouter(edge.Options{Identity: identity{}, Log: slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)), Clock: testkit.NewClock(time.Unix(1e9, 0)), IDs: core.IDs{},
		Hosts: []string{"paddock.example"}, AppDomain: "apps.example", Secure: true, May: func(core.Person, string) bool { return true }}, table)
	for name, want := range map[string]int{edge.SessionCookie: 303, "__Host-" + edge.SessionCookie: 200} {
		r := httptest.NewRequest("GET", own+"/mine", nil)
		r.AddCookie(&http.Cookie{Name: name, Value: "maker-session"})
		rec := httptest.NewRecorder()
		if rt.ServeHTTP(rec, r); rec.Code != want {
			t.Errorf("%s: %d, want %d", name, rec.Code, want)
		}
	}
}

// door is a router with one route that people sign in by.
type door struct {
	*edge.Router
	clock *testkit.Clock
}

func newDoor(proxies ...string) *door {
	d := &door{clock: testkit.NewClock(time.Unix(1e9, 0))}
	var networks []netip.Prefix
	for _, p := range proxies {
		networks = append(networks, netip.MustParsePrefix(p))
	}
	table := &edge.Table{}
	ok := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })
	table.Add(edge.Route{Door: edge.Web, Method: "GET", Pattern: "/sign-in/x", Permission: edge.Anyone, Audit: "none: a test", Example: "/sign-in/x", SignsIn: true, Handler: ok},
		edge.Route{Door: edge.API, Method: "GET", Pattern: "/oauth/x", Permission: edge.Anyone, Audit: "none: a test", Example: "/oauth/x", SignsIn: true, Handler: ok},
		edge.Route{Door: edge.Web, Method: "GET", Pattern: "/else", Permission: edge.Anyone, Audit: "none: a test", Example: "/else", Handler: ok})
	d.Router = edge.NewRouter(edge.Options{Identity: identity{}, Log: slog.New(slog.NewTextHandler(&bytes.Buffer{}, nil)), Clock: d.clock, IDs: core.IDs{}, Proxies: networks,
		Hosts: []string{"paddock.example"}, AppDomain: "apps.example", May: func(core.Person, string) bool { return true }}, table)
	return d
}

func (d *door) ask(path, from string, forwarded ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", own+path, nil)
	r.RemoteAddr = from
	for _, f := range forwarded {
		r.Header.Add("X-Forwarded-For", f)
	}
	rec := httptest.NewRecorder()
	d.ServeHTTP(rec, r)
	return rec
}

func TestLoginFlood(t *testing.T) {
	d := newDoor()
	taken := 0
	for range 300 {
		if rec := d.ask("/sign-in/x", "203.0.113.7:1"); rec.Code == 200 {
			taken++
		} else if s, err := strconv.Atoi(rec.Header().Get("Retry-After")); rec.Code != 429 || err != nil || s < 1 {
			t.Fatalf("%d, Retry-After %q", rec.Code, rec.Header().Get("Retry-After"))
		}
	}
	if taken != 100 {
		t.Errorf("%d of 300 at once were taken", taken)
	}
	if d.ask("/else", "203.0.113.7:1").Code != 200 || d.ask("/sign-in/x", "203.0.113.8:1").Code != 200 {
		t.Error("others are kept out, or other pages")
	}
	d.clock.Move(time.Second)
	taken = 0
	for range 30 {
		if d.ask("/sign-in/x", "203.0.113.7:2").Code == 200 {
			taken++
		}
	}
	if taken != 10 {
		t.Errorf("%d were taken after a second", taken)
	}
}

// Pipelines that ask too often keep no person out, and people no pipeline.
func TestFloodOfPipelines(t *testing.T) {
	d := newDoor()
	taken := 0
	for range 300 {
		if d.ask("/oauth/x", "203.0.113.7:1").Code == 200 {
			taken++
		}
	}
	if taken != 100 || d.ask("/sign-in/x", "203.0.113.7:1").Code != 200 || d.ask("/oauth/x", "203.0.113.8:1").Code != 200 {
		t.Errorf("%d of 300 at once were taken, or others are kept out", taken)
	}
}

// From many addresses at once, all of them together are bounded; a whole network
// of IPv6 is one place, and the memory for them is bounded.
func TestLoginFloodFromMany(t *testing.T) {
	d := newDoor()
	taken := 0
	for i := range 20000 {
		if d.ask("/sign-in/x", fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255)).Code == 200 {
			taken++
		}
	}
	if taken != 500 {
		t.Errorf("%d of 20,000 addresses were let through at once", taken)
	}
	d = newDoor()
	taken = 0
	for i := range 200 {
		if d.ask("/sign-in/x", fmt.Sprintf("[2001:db8::%x]:1", i)).Code == 200 {
			taken++
		}
	}
	if taken != 100 {
		t.Errorf("%d of one network of IPv6", taken)
	}
}

// What a client writes about its own address counts only from a proxy that is trusted.
func TestClientBehindProxies(t *testing.T) {
	for _, c := range []struct {
		from      string
		forwarded []string
		want      string
	}{
		{"203.0.113.7:5", []string{"198.51.100.1"}, "203.0.113.7:5"},
		{"10.0.0.1:5", nil, "10.0.0.1:5"},
		{"10.0.0.1:5", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"10.0.0.1:5", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1:0"},
		{"10.0.0.1:5", []string{"1.1.1.1", "198.51.100.1, 10.0.0.9"}, "198.51.100.1:0"},
		{"10.0.0.1:5", []string{"198.51.100.1, unknown"}, "10.0.0.1:5"},
		{"10.0.0.1:5", []string{"10.0.0.2"}, "10.0.0.2:0"},
		{"[::ffff:10.0.0.1]:5", []string{"2001:db8::1"}, "[2001:db8::1]:0"},
	} {
		if got := newDoor("10.0.0.0/8").ask("/else", c.from, c.forwarded...).Body.String(); got != c.want {
			t.Errorf("%s says %q: %q, want %q", c.from, c.forwarded, got, c.want)
		}
	}
	if got := newDoor().ask("/else", "10.0.0.1:5", "1.1.1.1").Body.String(); got != "10.0.0.1:5" {
		t.Errorf("without a trusted proxy: %s", got)
	}
}

// Every way to write another site as the page to go on with.
func TestOpenRedirects(t *testing.T) {
	base, _ := url.Parse(own)
	for _, next := range []string{"https://evil.example", "HTTPS://evil.example", "https:evil.example", "https:/evil.example", "//evil.example", "///evil.example", "////evil.example",
		`/\evil.example`, `\/evil.example`, `\\evil.example`, `/\/evil.example`, "/%5cevil.example", "/%2f/evil.example", "/%2fevil.example", "%2f%2fevil.example", "/%2F%2Fevil.example",
		"/\tevil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/ /evil.example\\", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x",
		"//evil.example@paddock.example", "https://paddock.example@evil.example", "https://paddock.example.evil.example", "http://paddock.example", "//[::1]", "evil.example", "./evil", "../x", "?x", "#x", "",
		"//%65vil.example", "/.//evil.example/..//", "/\x00/evil", "/\u2028/evil", "https://evil.example/%2e%2e", "//google.com/%2f..", "/%09/evil.example", "/%0a/evil.example", "/;@evil.example", "/@evil.example"} {
		got := edge.LocalPath(next)
		if got == "" {
			continue
		}
		to, err := base.Parse(got)
		if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\t\n\r") {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	for _, next := range []string{"/", "/approvals", "/apps/x?tab=1#y", "/components?q=a%20b"} {
		if edge.LocalPath(next) != next {
			t.Errorf("%q became %q", next, edge.LocalPath(next))
		}
	}
}
