package address_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/address"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// street is the real edge, identity and store in front of apps that remember
// who called.
type street struct {
	*testkit.Ground
	router            *edge.Router
	identity          *identity.Service
	owner, colleague  core.Person
	payroll, holidays core.App
	served            []string      // app and caller
	cookies           []http.Header // what the apps saw
}

func newStreet(t *testing.T) *street {
	g := testkit.New(t)
	s := &street{Ground: g, identity: identity.New(g, g.Audit, g.Clock, g.IDs, rand.Reader),
		owner: g.Somebody("hana@example.org", core.RoleMaker), colleague: g.Somebody("colin@example.org", core.RoleMaker)}
	s.payroll, s.holidays = g.NewApp("payroll", s.owner), g.NewApp("holidays", s.owner)
	d := &address.Door{Store: g.DB, Identity: s.identity, Runtime: s, BaseURL: "http://paddock.example",
		May: func(_ context.Context, who core.Person, a core.App) error { return authz.Can(who, authz.AppOpen, &a) }, ReadOnly: authz.ReadOnly,
		AppOf:  func(host string) string { return s.router.AppOf(host) },
		AppURL: func(name string) string { return "http://" + name + ".apps.example" },
		Refuse: func(w http.ResponseWriter, _ *http.Request, e *core.Error) {
			http.Error(w, e.Error(), core.OutcomeOf(e.Code).HTTP)
		}}
	table := &edge.Table{}
	table.Add(d.Routes()...)
	s.router = edge.NewRouter(edge.Options{Identity: s.identity, Log: slog.New(slog.DiscardHandler), Clock: g.Clock, IDs: g.IDs, Hosts: []string{"paddock.example"}, AppDomain: "apps.example",
		May: func(who core.Person, p string) bool { return authz.May(who, authz.Permission(p)) }}, table)
	return s
}

// Serve implements address.Runtime.
func (s *street) Serve(w http.ResponseWriter, r *http.Request, app core.ID, caller core.Person) {
	s.served = append(s.served, fmt.Sprintf("%s %s", map[core.ID]string{s.payroll.ID: "payroll", s.holidays.ID: "holidays"}[app], caller.Email))
	s.cookies = append(s.cookies, r.Header.Clone())
	fmt.Fprint(w, "the app")
}

// declare changes what an app says of itself.
func (s *street) declare(a core.App, change func(*core.Descriptor)) {
	change(&a.Descriptor)
	s.Must(s.Quietly(context.Background(), func(ctx context.Context) error { return s.SetDescriptor(ctx, a.ID, a.Descriptor) }))
}

func (s *street) get(target string, more ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.Header.Set("Accept", "text/html")
	for _, f := range more {
		f(r)
	}
	rec := httptest.NewRecorder()
	s.router.ServeHTTP(rec, r)
	return rec
}

func api(r *http.Request) { r.Header.Set("Accept", "application/json") }

func with(c *http.Cookie) func(*http.Request) { return func(r *http.Request) { r.AddCookie(c) } }

func (s *street) session(who core.Person) func(*http.Request) {
	v, err := s.identity.StartSession(s.Ctx(), who)
	s.Must(err)
	return with(&http.Cookie{Name: edge.SessionCookie, Value: string(v.Open())})
}

// visit walks the whole hand-over and returns the cookie at the app's address.
func (s *street) visit(who core.Person, app string) *http.Cookie {
	handed := s.get("http://paddock.example/apps/"+app+"/open", s.session(who))
	entered := s.get(handed.Header().Get("Location"))
	if entered.Code != 303 || len(entered.Result().Cookies()) != 1 {
		panic(fmt.Sprintf("entering %s: %d %s", app, entered.Code, entered.Body))
	}
	return entered.Result().Cookies()[0]
}

func TestVisitorWithoutVisit(t *testing.T) {
	s := newStreet(t)
	rec := s.get("http://payroll.apps.example/list?x=1")
	if want := "http://paddock.example/apps/payroll/open?to=" + url.QueryEscape("/list?x=1"); rec.Code != 303 || rec.Header().Get("Location") != want {
		t.Errorf("a browser: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if rec := s.get("http://payroll.apps.example/api/list", api); rec.Code != 401 {
		t.Errorf("a program: %d", rec.Code)
	}
	if rec := s.get("http://payroll.apps.example/", func(r *http.Request) { r.Method = "POST" }); rec.Code != 401 {
		t.Errorf("a form: %d", rec.Code)
	}
	if rec := s.get("http://paddock.example/apps/payroll/open"); rec.Code != 303 || !strings.HasPrefix(rec.Header().Get("Location"), "/sign-in?next=") {
		t.Errorf("opening without a session: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if len(s.served) != 0 {
		t.Errorf("served %v", s.served)
	}
}

func TestHandOver(t *testing.T) {
	s := newStreet(t)
	c := s.visit(s.colleague, "payroll")
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" {
		t.Errorf("the cookie is %+v", c)
	}
	if rec := s.get("http://payroll.apps.example/", with(c)); rec.Code != 200 || len(s.served) != 1 || s.served[0] != "payroll colin@example.org" {
		t.Errorf("%d, served %v", rec.Code, s.served)
	}
}

// SEC-5: a ticket opens one app, once; a visit to one app opens no other.
func TestTicketIsForOneAppOnce(t *testing.T) {
	s := newStreet(t)
	at := s.get("http://paddock.example/apps/payroll/open?to=/list", s.session(s.colleague)).Header().Get("Location")
	elsewhere := strings.Replace(at, "payroll.apps", "holidays.apps", 1)
	if rec := s.get(elsewhere); rec.Code != 401 || len(rec.Result().Cookies()) != 0 {
		t.Errorf("the ticket at another app: %d %v", rec.Code, rec.Result().Cookies())
	}
	at = s.get("http://paddock.example/apps/payroll/open?to=/list", s.session(s.colleague)).Header().Get("Location")
	if rec := s.get(at); rec.Code != 303 || rec.Header().Get("Location") != "/list" || rec.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the first time: %d %v", rec.Code, rec.Header())
	}
	if rec := s.get(at); rec.Code != 401 || len(rec.Result().Cookies()) != 0 {
		t.Errorf("the second time: %d", rec.Code)
	}
	if rec := s.get("http://payroll.apps.example/.paddock/enter?ticket="); rec.Code != 401 {
		t.Errorf("no ticket: %d", rec.Code)
	}
}

func TestVisitOpensNoOtherApp(t *testing.T) {
	s := newStreet(t)
	c := s.visit(s.colleague, "payroll")
	if rec := s.get("http://holidays.apps.example/", with(c), api); rec.Code != 401 || len(s.served) != 0 {
		t.Errorf("payroll's cookie at holidays: %d, served %v", rec.Code, s.served)
	}
	session := &http.Cookie{Name: "paddock_visit", Value: "guess"}
	if rec := s.get("http://payroll.apps.example/", with(session), api); rec.Code != 401 {
		t.Errorf("a made-up visit: %d", rec.Code)
	}
}

// An app never sees what signs people in to Paddock.
func TestAppSeesNoCookieOfPaddock(t *testing.T) {
	s := newStreet(t)
	c := s.visit(s.colleague, "payroll")
	s.get("http://payroll.apps.example/", func(r *http.Request) {
		r.Header.Set("Cookie", "theme=dark; "+c.Name+"="+c.Value+"; "+edge.SessionCookie+"=stolen; "+c.Name+"=again")
		r.Header.Add("Cookie", edge.SessionCookie+`="quoted"; lang=de`)
	})
	if len(s.cookies) != 1 {
		t.Fatalf("the app was called %d times", len(s.cookies))
	}
	got := strings.Join(s.cookies[0].Values("Cookie"), "; ")
	if strings.Contains(got, "paddock") || strings.Contains(got, c.Value) || !strings.Contains(got, "theme=dark") || !strings.Contains(got, "lang=de") {
		t.Errorf("the app sees %q", got)
	}
}

func TestRedirectStaysHere(t *testing.T) {
	s := newStreet(t)
	session := s.session(s.colleague)
	for to, want := range map[string]string{"/list?a=b#c": "/list?a=b#c", "": "/", "//evil.example": "/", "https://evil.example": "/", "https:evil.example": "/", `/\evil.example`: "/",
		`\\evil.example`: "/", "/\t/evil.example": "/", "/\n/evil.example": "/", " //evil.example": "/", "javascript:alert(1)": "/", "/ok/../..//evil.example": "/evil.example", "/a\x00b": "/"} {
		handed := s.get("http://paddock.example/apps/payroll/open?to="+url.QueryEscape(to), session)
		at, err := url.Parse(handed.Header().Get("Location"))
		if err != nil || at.Host != "payroll.apps.example" {
			t.Errorf("%q: handed over to %q", to, handed.Header().Get("Location"))
			continue
		}
		if got := s.get(at.String()).Header().Get("Location"); got != want {
			t.Errorf("%q: sent on to %q, want %q", to, got, want)
		}
		// The second half does not trust the first.
		fresh := s.get("http://paddock.example/apps/payroll/open", session).Header().Get("Location")
		u, _ := url.Parse(fresh)
		q := u.Query()
		q.Set("to", to)
		u.RawQuery = q.Encode()
		if got := s.get(u.String()).Header().Get("Location"); got != want {
			t.Errorf("%q at the app: sent on to %q, want %q", to, got, want)
		}
	}
}

func TestAppOutOfService(t *testing.T) {
	s := newStreet(t)
	c := s.visit(s.colleague, "payroll")
	s.Must(s.Quietly(s.Ctx(), func(ctx context.Context) error { return s.MoveApp(ctx, s.payroll, core.AppArchived, 0, 1) }))
	unknown := s.get("http://nothing.apps.example/", with(c))
	archived := s.get("http://payroll.apps.example/", with(c))
	if archived.Code != 404 || unknown.Code != 404 || archived.Body.String() != unknown.Body.String() || len(s.served) != 0 {
		t.Errorf("archived: %d %q; unknown: %d %q", archived.Code, archived.Body, unknown.Code, unknown.Body)
	}
	idle := s.holidays
	s.Must(s.Quietly(s.Ctx(), func(ctx context.Context) error { return s.MoveApp(ctx, idle, core.AppIdle, 1, 0) }))
	if rec := s.get("http://holidays.apps.example/", with(s.visit(s.owner, "holidays"))); rec.Code != 200 {
		t.Errorf("an idle app: %d", rec.Code)
	}
}

func TestAudience(t *testing.T) {
	s := newStreet(t)
	early := s.visit(s.colleague, "payroll")
	s.declare(s.payroll, func(d *core.Descriptor) { d.Audience = "owners" })
	if rec := s.get("http://paddock.example/apps/payroll/open", s.session(s.colleague)); rec.Code != 403 {
		t.Errorf("owners only: a colleague opens it: %d", rec.Code)
	}
	if rec := s.get("http://payroll.apps.example/", with(early)); rec.Code != 403 || len(s.served) != 0 {
		t.Errorf("owners only: an earlier visit: %d", rec.Code)
	}
	if rec := s.get("http://payroll.apps.example/", with(s.visit(s.owner, "payroll"))); rec.Code != 200 {
		t.Errorf("owners only: the owner: %d", rec.Code)
	}
	s.declare(s.payroll, func(d *core.Descriptor) { d.Audience = "public" })
	s.served = nil
	if rec := s.get("http://payroll.apps.example/"); rec.Code != 200 || s.served[0] != "payroll " {
		t.Errorf("public: a stranger: %d %v", rec.Code, s.served)
	}
	if rec := s.get("http://payroll.apps.example/", with(early)); rec.Code != 200 || s.served[1] != "payroll colin@example.org" {
		t.Errorf("public: a colleague: %d %v", rec.Code, s.served)
	}
	s.SetDisabled(s.colleague, true)
	s.declare(s.payroll, func(d *core.Descriptor) { d.Audience = "organisation" })
	if rec := s.get("http://payroll.apps.example/", with(early), api); rec.Code != 401 && rec.Code != 403 {
		t.Errorf("somebody switched off: %d", rec.Code)
	}
}

// Auditors look at apps, and change nothing in them.
func TestAuditorOnlyLooks(t *testing.T) {
	s := newStreet(t)
	c := s.visit(s.Somebody("aude@example.org", core.RoleAuditor), "payroll")
	for method, want := range map[string]int{"GET": 200, "HEAD": 200, "POST": 403, "DELETE": 403, "PATCH": 403} {
		if rec := s.get("http://payroll.apps.example/", with(c), func(r *http.Request) { r.Method = method }); rec.Code != want {
			t.Errorf("%s: %d, want %d", method, rec.Code, want)
		}
	}
}
