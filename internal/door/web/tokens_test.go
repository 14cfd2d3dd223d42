package web_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/web"
)

func newToken() url.Values {
	return url.Values{"name": {"laptop 2"}, "scope": {"write"}, "days": {"30"}, "app": {"candidate-tracker"}}
}

// TestTokenIsShownOnceWithItsUse: the value is on this page and no other, no
// cache keeps it, and the page says what to do with it (SEC-4).
func TestTokenIsShownOnceWithItsUse(t *testing.T) {
	s := visit(t, richDesk())
	a := s.post("/tokens", newToken())
	if a.status != 200 || a.location != "" || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("status %d to %q, Cache-Control %q", a.status, a.location, a.header.Get("Cache-Control"))
	}
	if want := []string{"NewToken", "laptop 2", "write", "720h0m0s"}; !slices.Equal(s.desk.calls, want) {
		t.Errorf("the desk was asked %q, want %q", s.desk.calls, want)
	}
	for id, want := range map[string]string{"token": tokenValue,
		"clone":      "git clone http://localhost:8080/git/candidate-tracker.git cd candidate-tracker",
		"keep-macos": "git config --global credential.http://localhost:8080.helper osxkeychain",
		"keep-linux": `git config --global credential.http://localhost:8080.helper "cache --timeout=28800"`} {
		if got := words(byID(a.doc, id)); got != want {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	if !strings.Contains(main(a.doc), "git asks for a user name. Type your e-mail: anna@example.org") || strings.Contains(a.body, "helper store") {
		t.Error("the page does not say how git asks, or has it keep the token in a plain file")
	}
	if strings.Count(a.body, tokenValue) != 1 {
		t.Errorf("the value stands %d times on its page", strings.Count(a.body, tokenValue))
	}
	next := s.get("/tokens")
	if strings.Contains(next.body, tokenValue) || !strings.Contains(main(next.doc), "laptop 2") {
		t.Error("the list shows the value, or lacks the new token")
	}
	wellMade(t, a)
}

// wellMade holds a page that no address leads to, to what all pages are held.
func wellMade(t *testing.T, a answer) {
	t.Helper()
	checkLandmarks(t, a.doc)
	checkHeadings(t, a.doc)
	checkIDs(t, a.doc)
	checkForms(t, a.doc)
	checkNames(t, a.doc)
	checkNothingInline(t, a.doc)
}

// TestTokenIsShownWhateverElseFails: it cannot be had again. What failed goes
// to the log, the value does not.
func TestTokenIsShownWhateverElseFails(t *testing.T) {
	d := richDesk()
	d.refuse["App"], d.refuse["Apps"], d.refuse["Me"] = errors.New("away"), errors.New("away"), errors.New("away")
	var log bytes.Buffer
	pages, err := web.New(web.Options{Desk: d, Sessions: fakeSessions{}, Log: slog.New(slog.NewTextHandler(&log, nil)), Clock: fixed{now()}, BaseURL: "http://localhost:8080"})
	if err != nil {
		t.Fatal(err)
	}
	routes := pages.Routes()
	route := routes[slices.IndexFunc(routes, func(r edge.Route) bool { return r.Method == "POST" && r.Pattern == "/tokens" })]
	r := httptest.NewRequest(http.MethodPost, "/tokens", strings.NewReader(newToken().Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	route.Handler.ServeHTTP(w, r.WithContext(edge.WithCaller(r.Context(), anna())))
	if body := w.Body.String(); w.Code != 200 || !strings.Contains(body, tokenValue) || !strings.Contains(body, "git clone http://localhost:8080/git/NAME-OF-THE-APP.git") {
		t.Errorf("status %d: %s", w.Code, body)
	}
	if !strings.Contains(log.String(), "away") || strings.Contains(log.String(), tokenValue) {
		t.Errorf("the log says: %s", log.String())
	}
}

// TestCloneCommandWithoutAnApp takes one of the caller's own.
func TestCloneCommandWithoutAnApp(t *testing.T) {
	form := newToken()
	form.Del("app")
	a := visit(t, richDesk()).post("/tokens", form)
	if got := words(byID(a.doc, "clone")); got != "git clone http://localhost:8080/git/candidate-tracker.git cd candidate-tracker" {
		t.Errorf("the command is %q", got)
	}
}

// TestRefusedTokenKeepsInputAndSaysWhyBesideEachField: promise 12.
func TestRefusedTokenKeepsInputAndSaysWhyBesideEachField(t *testing.T) {
	for _, c := range []struct{ name, scope, days, field, says string }{
		{"", "read", "30", "name", "The token has no name. Write where you will use it, such as: laptop."},
		{"ci", "", "30", "scope", "Nothing is chosen. Choose what the token may do."},
		{"ci", "read", "0", "days", `"0" is not a number from 1 to 365. Write a number of days, such as 90.`},
		{"ci", "read", "366", "days", `"366" is not a number from 1 to 365. Write a number of days, such as 90.`},
		{"ci", "read", "ten", "days", `"ten" is not a number from 1 to 365. Write a number of days, such as 90.`},
		{"ci", "read", "99999999999999999999", "days", `"99999999999999999999" is not a number from 1 to 365. Write a number of days, such as 90.`},
	} {
		s := visit(t, richDesk())
		a := s.post("/tokens", url.Values{"name": {c.name}, "scope": {c.scope}, "days": {c.days}, "app": {"candidate-tracker"}})
		if a.status != 422 || len(s.desk.calls) != 0 {
			t.Errorf("%+v: status %d, calls %v", c, a.status, s.desk.calls)
		}
		if got := words(byID(a.doc, "field-"+c.field+"-error")); got != "Error: "+c.says {
			t.Errorf("beside %s: %q", c.field, got)
		}
		if attr(byID(a.doc, "field-name"), "value") != c.name || attr(byID(a.doc, "field-days"), "value") != c.days {
			t.Errorf("%+v: the input is lost", c)
		}
		if !strings.Contains(a.body, `name="app" value="candidate-tracker"`) {
			t.Error("the app that the caller came for is lost")
		}
		wellMade(t, a)
	}
}

func TestTokenThatTheDeskRefuses(t *testing.T) {
	for field, err := range map[string]*core.Error{
		"name": core.Errorf(core.Invalid, "The name is too long.").At("name"),
		"":     core.Errorf(core.Conflict, "You have 50 access tokens; that is the most.").Hinted("Revoke one that you no longer use."),
	} {
		d := richDesk()
		d.refuse["NewToken"] = err
		a := visit(t, d).post("/tokens", newToken())
		if a.status != core.OutcomeOf(err.Code).HTTP || strings.Count(main(a.doc), err.Msg) != map[string]int{"name": 2, "": 1}[field] {
			t.Errorf("status %d: %s", a.status, main(a.doc))
		}
		if strings.Contains(a.body, tokenValue) {
			t.Error("a refused token is shown")
		}
	}
}

// TestRevokeAsksFirst: the button that acts is behind one that explains.
func TestRevokeAsksFirst(t *testing.T) {
	a := visit(t, richDesk()).get("/tokens")
	forms := all(a.doc, func(n *html.Node) bool { return strings.HasSuffix(attr(n, "action"), "/revoke") })
	if len(forms) != 3 {
		t.Fatalf("%d tokens can be revoked, want 3", len(forms))
	}
	for _, form := range forms {
		if form.Parent.Data != "details" || has(form.Parent, "open") || !strings.Contains(words(form), "You cannot take this back.") {
			t.Errorf("nothing asks before %s", attr(form, "action"))
		}
	}
}

// TestWaysToTheTokens: the account menu and the card with the code lead there,
// for those who may make a token.
func TestWaysToTheTokens(t *testing.T) {
	a := visit(t, richDesk()).get("/apps/candidate-tracker")
	if !strings.Contains(a.body, `href="/tokens"`) || !strings.Contains(a.body, `href="/tokens?app=candidate-tracker"`) ||
		!strings.Contains(main(a.doc), "git asks for a user name (your e-mail) and a password (an access token).") {
		t.Error("no way to the tokens")
	}
	guest := visitAs(t, richDesk(), core.Person{ID: "g", Email: "guest@example.org"}, true).get("/apps/candidate-tracker")
	if guest.status != 200 || strings.Contains(guest.body, `href="/tokens`) {
		t.Error("a guest is led to what would be refused")
	}
}

// TestTokenBoundsReachTheDesk: what bounds a token is what was typed.
func TestTokenBoundsReachTheDesk(t *testing.T) {
	form := newToken()
	form.Set("scope", "scim")
	form.Set("apps", "candidate-tracker, payroll-export\n")
	form.Set("provider", "entra")
	s := visit(t, richDesk())
	s.post("/tokens", form)
	if got := s.desk.wish; !slices.Equal(got.Apps, []string{"candidate-tracker", "payroll-export"}) || got.Provider != "entra" || !slices.Equal(got.Scopes, []string{"scim"}) {
		t.Errorf("the desk is asked for %+v", got)
	}
	form.Set("scope", "git") // the field of the provider is for one scope
	s.post("/tokens", form)
	if got := s.desk.wish; got.Provider != "" {
		t.Errorf("the desk is asked for %+v", got)
	}
	s.desk.refuse["NewToken"] = core.Errorf(core.NotFound, `There is no app named "payrol".`).At("apps")
	form.Set("apps", "payrol")
	a := s.post("/tokens", form)
	if got := words(byID(a.doc, "field-apps-error")); got != `Error: There is no app named "payrol".` || attr(byID(a.doc, "field-apps"), "value") != "payrol" {
		t.Errorf("beside the apps: %q", got)
	}
	wellMade(t, a)
}

// TestEverybodysTokens: who manages people sees all, with their people, and ends
// them there.
func TestEverybodysTokens(t *testing.T) {
	s := visitAs(t, richDesk(), core.Person{ID: "p9", Email: "pia@example.org", Roles: []core.Role{core.RolePlatform}}, true)
	own := s.get("/tokens")
	if !strings.Contains(own.body, `href="/people/tokens"`) || !strings.Contains(own.body, `value="scim"`) {
		t.Error("the platform team is not led to everybody's tokens, or not offered those for people")
	}
	a := s.get("/people/tokens")
	for _, want := range []string{"anna@example.org", "laptop", "by git from 203.0.113.0/24", "candidate-tracker, payroll-export", "All their apps"} {
		if !strings.Contains(main(a.doc), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if b := s.post("/tokens/k3/revoke", url.Values{"back": {"all"}}); b.location != "/people/tokens?did=revoked" {
		t.Errorf("after that to %q", b.location)
	}
	s.desk.tokens = nil
	if a := s.get("/people/tokens"); !strings.Contains(main(a.doc), "Nobody has an access token.") {
		t.Error("no tokens are not said")
	}
	if maker := visit(t, richDesk()).get("/tokens"); strings.Contains(maker.body, `/people/tokens`) || strings.Contains(maker.body, `value="scim"`) {
		t.Error("a maker is led to what would be refused")
	}
}
