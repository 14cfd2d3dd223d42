package web_test

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// pagesToShow is every page with rich fixtures and the status it answers with.
func pagesToShow() map[string]int {
	return map[string]int{
		"/": 200, "/?did=created": 200, "/new": 200, "/new/internal-dashboard": 200, "/new/intake-form": 200,
		"/apps/candidate-tracker": 200, "/apps/room-planner": 200, "/apps/survey-2025": 200, "/apps/desk-booking": 200, "/apps/payroll-export": 200,
		"/apps/candidate-tracker/archive": 200, "/apps/candidate-tracker/changes/1": 200, "/apps/candidate-tracker/changes/2": 200,
		"/apps/candidate-tracker/changes/3": 200, "/apps/candidate-tracker/changes/4": 200, "/apps/candidate-tracker/changes/5": 200,
		"/approvals": 200, "/approvals/r1": 200, "/approvals/none": 404, "/absence": 200, "/account-links": 200, "/audit": 200, "/audit?actor=anna&before=e5": 200, "/notices": 200, "/tokens": 200, "/tokens?app=candidate-tracker": 200, "/tokens?app=nothing": 200, "/people/tokens": 200, "/courses/basics": 200,
		"/break-glass": 200, "/sign-in/break-glass": 200,
		"/access": 200, "/access?show=all": 200, "/access/g1": 200, "/access/g2": 200, "/reviews": 200, "/reviews?show=all&review=2026-Q2": 200, "/sign-in?token=good": 200, "/no-such-page": 404, "/apps/nothing": 404, "/apps/candidate-tracker/changes/x": 404,
	}
}

func TestEveryPageIsWellMade(t *testing.T) {
	s := visit(t, richDesk())
	for path, status := range pagesToShow() {
		t.Run(path, func(t *testing.T) {
			a := s.get(path)
			if a.status != status {
				t.Fatalf("status %d, want %d", a.status, status)
			}
			checkLandmarks(t, a.doc)
			checkHeadings(t, a.doc)
			checkIDs(t, a.doc)
			checkForms(t, a.doc)
			checkNames(t, a.doc)
			checkNothingInline(t, a.doc)
		})
	}
}

func checkLandmarks(t *testing.T, doc *html.Node) {
	t.Helper()
	for _, name := range []string{"header", "main", "footer", "h1", "title"} {
		if n := len(all(doc, tagged(name))); n != 1 && !(name == "title" && n > 1) { // charts hold titles, too
			t.Errorf("%d elements <%s>, want 1", n, name)
		}
	}
	skip := all(doc, func(n *html.Node) bool { return attr(n, "class") == "skip" })
	if len(skip) != 1 || attr(skip[0], "href") != "#main" {
		t.Error("no skip link to #main")
	}
}

func checkHeadings(t *testing.T, doc *html.Node) {
	t.Helper()
	last := 0
	for _, h := range all(byID(doc, "main"), tagged("h1", "h2", "h3", "h4", "h5", "h6")) {
		level := int(h.Data[1] - '0')
		if level > last+1 && last > 0 {
			t.Errorf("heading %q of level %d follows level %d", words(h), level, last)
		}
		last = level
	}
}

func checkIDs(t *testing.T, doc *html.Node) {
	t.Helper()
	seen := map[string]bool{}
	for _, n := range all(doc, func(n *html.Node) bool { return has(n, "id") }) {
		if seen[attr(n, "id")] {
			t.Errorf("id %q twice", attr(n, "id"))
		}
		seen[attr(n, "id")] = true
	}
	for _, key := range []string{"for", "aria-labelledby", "aria-describedby", "data-copy"} {
		for _, n := range all(doc, func(n *html.Node) bool { return attr(n, key) != "" }) {
			for id := range strings.FieldsSeq(attr(n, key)) {
				if !seen[id] {
					t.Errorf("%s=%q leads nowhere", key, id)
				}
			}
		}
	}
}

// checkForms holds every form to a real action, so that it works without script.
func checkForms(t *testing.T, doc *html.Node) {
	t.Helper()
	for _, form := range all(doc, tagged("form")) {
		if !strings.HasPrefix(attr(form, "action"), "/") {
			t.Errorf("a form has no action: %s", words(form))
		}
		if len(all(form, func(n *html.Node) bool { return n.Data == "button" && attr(n, "type") == "submit" })) == 0 {
			t.Errorf("a form has no button: %s", words(form))
		}
	}
	for _, field := range all(doc, tagged("input", "select", "textarea")) {
		if attr(field, "type") != "hidden" && attr(field, "type") != "radio" && attr(field, "id") == "" {
			t.Errorf("field %q has no id for its label", attr(field, "name"))
		}
	}
}

// checkNames holds links and buttons to names that differ where they lead elsewhere.
func checkNames(t *testing.T, doc *html.Node) {
	t.Helper()
	lead := map[string]string{}
	for _, a := range all(byID(doc, "main"), tagged("a")) {
		name, to := words(a), attr(a, "href")
		if name == "" {
			t.Errorf("link to %s has no name", to)
		}
		if was, ok := lead[name]; ok && was != to && !strings.HasPrefix(to, "#") {
			t.Errorf("two links are named %q: %s and %s", name, was, to)
		}
		lead[name] = to
	}
	for _, b := range all(doc, tagged("button", "summary")) {
		if words(b) == "" {
			t.Error("a button has no name")
		}
	}
}

func checkNothingInline(t *testing.T, doc *html.Node) {
	t.Helper()
	for _, n := range all(doc, func(*html.Node) bool { return true }) {
		if n.Data == "script" && (n.FirstChild != nil || attr(n, "src") == "") {
			t.Error("an inline script")
		}
		if n.Data == "style" {
			t.Error("an inline style sheet")
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
				t.Errorf("<%s> carries %s=%q", n.Data, a.Key, a.Val)
			}
			if strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript:") {
				t.Errorf("<%s> leads to script: %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
}

// TestEveryHtmxElementIsNonced keeps fragments alive under hx-csp.
func TestEveryHtmxElementIsNonced(t *testing.T) {
	s := visit(t, richDesk())
	nonce := regexp.MustCompile(`'nonce-([^']+)'`)
	seen := 0
	for path := range pagesToShow() {
		a := s.get(path)
		want := nonce.FindStringSubmatch(a.header.Get("Content-Security-Policy"))[1]
		for _, n := range all(a.doc, func(n *html.Node) bool { return has(n, "hx-get") || has(n, "hx-post") }) {
			seen++
			if attr(n, "hx-nonce") != want {
				t.Errorf("%s: <%s> has the nonce %q, want %q", path, n.Data, attr(n, "hx-nonce"), want)
			}
		}
	}
	if seen < 3 {
		t.Errorf("%d htmx elements seen, want at least 3", seen)
	}
}
