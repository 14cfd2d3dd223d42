package web_test

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/paddock-dev/paddock/internal/core"
)

// attack is put into every text that a page shows.
const attack = `"'><script>alert(1)</script><img src=x onerror=alert(2)><b style="x">`

// poison writes the attack after every string below v. Links get an address
// that would run script. Names that route requests, and states, stay.
func poison(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem())
		}
	case reflect.Struct:
		if _, ok := v.Interface().(time.Time); ok {
			return
		}
		for i := range v.NumField() {
			poisonField(v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(reflect.ValueOf(k.String()+attack), reflect.ValueOf(attack))
			v.SetMapIndex(k, reflect.Value{})
		}
	case reflect.String:
		v.SetString(v.String() + attack)
	}
}

func poisonField(name string, v reflect.Value) {
	switch name {
	case "State", "Verdict", "Result", "Severity", "Type", "Date":
		return
	case "Link", "Docs", "Address":
		v.SetString("javascript:alert(3)//" + attack)
	default:
		poison(v)
	}
}

func TestHostileTextStaysText(t *testing.T) {
	d := richDesk()
	for i := range d.apps {
		poison(reflect.ValueOf(&d.apps[i]).Elem())
	}
	for i := range d.changes {
		poison(reflect.ValueOf(&d.changes[i]).Elem())
	}
	for _, v := range []any{&d.me, &d.templates, &d.preview, &d.approvals, &d.events, &d.notices, &d.course, &d.state, &d.tokens} {
		poison(reflect.ValueOf(v).Elem())
	}
	s := visit(t, d)
	app := "/apps/" + url.PathEscape(d.apps[0].Name)
	paths := []string{"/", "/new", "/new/" + url.PathEscape(d.templates[0].Name), app, app + "/archive", "/approvals", "/approvals/r1", "/absence", "/account-links", "/notices", "/tokens", "/people/tokens", "/tokens?app=" + url.QueryEscape(d.apps[0].Name),
		"/audit?actor=" + url.QueryEscape(attack), "/courses/" + url.PathEscape(d.course.Name), "/sign-in?token=" + url.QueryEscape(attack), "/?did=" + url.QueryEscape(attack)}
	for _, a := range d.apps[1:] {
		paths = append(paths, "/apps/"+url.PathEscape(a.Name))
	}
	for _, c := range d.changes {
		paths = append(paths, fmt.Sprintf("/apps/%s/changes/%d", url.PathEscape(c.App), c.Number))
	}
	for _, path := range paths {
		a := s.get(path)
		if a.status != 200 {
			t.Fatalf("%s: status %d: %s", path, a.status, main(a.doc))
		}
		checkUnhurt(t, path, a.doc)
	}
}

func TestHostileInputAndErrorsStayText(t *testing.T) {
	d := richDesk()
	evil := core.Errorf(core.Invalid, "%s", attack).Hinted("%s", attack)
	for _, method := range []string{"CreateApp", "Preview", "Deploy", "Merge", "Answer", "Events", "NewToken", "RevokeToken"} {
		d.refuse[method] = &core.Error{Code: core.Invalid, Msg: attack, Hint: attack, Problems: []*core.Error{evil.At("name"), evil.At(attack)}}
	}
	s := visit(t, d)
	form := url.Values{"name": {attack}, "owner": {attack}, "classification": {attack}, "region": {attack}, "parameters.title": {attack},
		"budget": {"1"}, "scope": {attack}, "days": {"9"}, "app": {attack}, "note": {attack}, "answer": {"yes"}, "head": {attack}}
	for _, path := range []string{"/new/internal-dashboard", "/new/internal-dashboard/preview", "/apps/candidate-tracker/deploy",
		"/apps/candidate-tracker/changes/2/merge", "/approvals/r1", "/approvals/none", "/tokens", "/tokens/k3/revoke"} {
		a := s.post(path, form)
		if a.status != 422 {
			t.Errorf("%s: status %d, want 422", path, a.status)
		}
		checkUnhurt(t, path, a.doc)
	}
	checkUnhurt(t, "/audit", s.get("/audit").doc)
}

// checkUnhurt looks for what the attack would have made of the page.
func checkUnhurt(t *testing.T, path string, doc *html.Node) {
	t.Helper()
	checkNothingInline(t, doc)
	for _, n := range all(doc, func(*html.Node) bool { return true }) {
		if n.Data == "img" || n.Data == "b" || has(n, "onerror") {
			t.Errorf("%s: <%s> was planted", path, n.Data)
		}
		if href := attr(n, "href"); strings.Contains(strings.ToLower(href), "javascript:") {
			t.Errorf("%s: a link leads to %s", path, href)
		}
	}
}

// TestLinksFromDataStayOnThisServer: a notice, request or finding cannot lead
// people to another site.
func TestLinksFromDataStayOnThisServer(t *testing.T) {
	d := richDesk()
	for _, away := range []string{"https://evil.example/x", "//evil.example/x", "/%2fevil.example/x"} {
		d.notices[0].Link, d.approvals[0].Link, d.changes[0].Findings[0].Docs, d.changes[0].Findings[1].Docs = away, away, away, away
		s := visit(t, d)
		for _, path := range []string{"/", "/notices", "/approvals", "/apps/candidate-tracker/changes/4"} {
			if a := s.get(path); a.status != 200 || strings.Contains(a.body, "evil.example") {
				t.Errorf("%s: status %d, or a link to %s", path, a.status, away)
			}
		}
	}
}
