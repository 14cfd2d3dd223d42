package web_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func typed() url.Values {
	return url.Values{"name": {"Candidate Tracker"}, "owner": {"anna@example.org"}, "co_owners": {"carla@example.org, dora@example.org"},
		"classification": {"restricted"}, "region": {"us-east-1"}, "parameters.title": {"Tracker"}, "parameters.language": {"Deutsch"}, "budget": {"12,50"}}
}

func TestFormReachesTheDeskAsTyped(t *testing.T) {
	s := visit(t, richDesk())
	s.post("/new/internal-dashboard", typed())
	want := view.NewApp{Template: "internal-dashboard", Name: "Candidate Tracker", Owner: "anna@example.org", CoOwners: []string{"carla@example.org", "dora@example.org"},
		Classification: "restricted", Region: "us-east-1", Parameters: map[string]string{"title": "Tracker", "language": "Deutsch"}, Budget: 12.5}
	if !reflect.DeepEqual(s.desk.form, want) {
		t.Errorf("got %+v\nwant %+v", s.desk.form, want)
	}
}

// TestRefusedFormKeepsInputAndSaysWhyBesideEachField: promise 12.
func TestRefusedFormKeepsInputAndSaysWhyBesideEachField(t *testing.T) {
	d := richDesk()
	d.refuse["CreateApp"] = &core.Error{Code: core.Invalid, Msg: "The form has two faults.", Problems: []*core.Error{
		core.Errorf(core.Invalid, "The region us-east-1 is not allowed.").Hinted("Choose eu-sovereign.").At("region"),
		core.Errorf(core.Invalid, "The name has a space.").Hinted("Write candidate-tracker.").At("name"),
		core.Errorf(core.Invalid, "The title is too long.").At("parameters.title"),
		core.Errorf(core.Invalid, "The moon is full.").At("moon")}}
	a := visit(t, d).post("/new/internal-dashboard", typed())
	if a.status != 422 {
		t.Fatalf("status %d, want 422", a.status)
	}
	for id, value := range map[string]string{"field-name": "Candidate Tracker", "field-co_owners": "carla@example.org, dora@example.org", "field-budget": "12,50", "field-parameters-title": "Tracker"} {
		if got := attr(byID(a.doc, id), "value"); got != value {
			t.Errorf("%s holds %q, want %q", id, got, value)
		}
	}
	for id, value := range map[string]string{"field-region": "us-east-1", "field-parameters-language": "Deutsch"} {
		if got := chosen(byID(a.doc, id)); got != value {
			t.Errorf("%s holds %q, want %q", id, got, value)
		}
	}
	name := byID(a.doc, "field-name")
	if attr(name, "aria-invalid") != "true" || !strings.Contains(attr(name, "aria-describedby"), "field-name-error") {
		t.Error("the name is not marked as wrong")
	}
	if got := words(byID(a.doc, "field-region-error")); got != "Error: The region us-east-1 is not allowed. Choose eu-sovereign." {
		t.Errorf("beside the region: %q", got)
	}
	checkSummary(t, a.doc)
}

// checkSummary looks at the list of errors on top: in the form's order, with
// links to the fields, and the error of no field in words.
func checkSummary(t *testing.T, doc *html.Node) {
	t.Helper()
	top := all(doc, func(n *html.Node) bool { return attr(n, "role") == "alert" })[0]
	var links []string
	for _, a := range all(top, tagged("a")) {
		links = append(links, attr(a, "href"))
	}
	if want := []string{"#field-name", "#field-region", "#field-parameters-title"}; !reflect.DeepEqual(links, want) {
		t.Errorf("the summary leads to %q, want %q", links, want)
	}
	if !strings.Contains(words(top), "The moon is full.") {
		t.Error("an error of no field is lost")
	}
	if title := words(all(doc, tagged("title"))[0]); !strings.HasPrefix(title, "Error: ") {
		t.Errorf("the title is %q", title)
	}
}

func chosen(sel *html.Node) string {
	for _, o := range all(sel, tagged("option")) {
		if has(o, "selected") {
			return attr(o, "value")
		}
	}
	return ""
}

func TestBudgetThatIsNoNumberIsKept(t *testing.T) {
	s := visit(t, richDesk())
	form := typed()
	form.Set("budget", "a lot")
	a := s.post("/new/internal-dashboard", form)
	if a.status != 422 || attr(byID(a.doc, "field-budget"), "value") != "a lot" || len(s.desk.calls) != 0 {
		t.Errorf("status %d, calls %v", a.status, s.desk.calls)
	}
	if got := words(byID(a.doc, "field-budget-error")); got != `Error: "a lot" is not an amount of money. Write a number, such as 20.` {
		t.Errorf("beside the budget: %q", got)
	}
}

// TestPreviewWithAndWithoutScript: the button shows the whole page with the
// input kept, htmx gets the panel alone; neither makes anything.
func TestPreviewWithAndWithoutScript(t *testing.T) {
	s := visit(t, richDesk())
	a := s.post("/new/internal-dashboard/preview", typed())
	if a.status != 200 || attr(byID(a.doc, "field-name"), "value") != "Candidate Tracker" || !strings.Contains(words(byID(a.doc, "preview")), "Data owner · Make the app") {
		t.Errorf("status %d: %s", a.status, main(a.doc))
	}
	req, _ := http.NewRequest(http.MethodPost, s.url+"/new/internal-dashboard/preview", strings.NewReader(typed().Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("HX-Request", "true")
	part := s.do(req)
	if part.status != 200 || strings.Contains(part.body, "<html") || !strings.Contains(part.body, "Waits for a person") {
		t.Errorf("status %d: %s", part.status, part.body)
	}
	if len(s.desk.calls) != 0 {
		t.Errorf("a preview did %v", s.desk.calls)
	}
}

func TestPreviewOfARefusedFormSaysWhy(t *testing.T) {
	d := richDesk()
	d.refuse["Preview"] = core.Errorf(core.Invalid, "The name is missing.").At("name")
	a := visit(t, d).post("/new/internal-dashboard/preview", typed())
	if a.status != 422 || !strings.Contains(words(byID(a.doc, "preview")), "The name is missing.") {
		t.Errorf("status %d: %s", a.status, main(a.doc))
	}
}

func TestFormOverTheLimitIsRefused(t *testing.T) {
	form := typed()
	form.Set("name", strings.Repeat("x", 70_000))
	if a := visit(t, richDesk()).post("/new/internal-dashboard", form); a.status != 413 {
		t.Errorf("status %d, want 413", a.status)
	}
}
