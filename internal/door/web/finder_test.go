package web_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// A chip keeps the rest of the filter, and a chosen one leads back.
func TestAppFilter(t *testing.T) {
	desk := richDesk()
	desk.page = view.AppPage{Next: "kiosk", Facets: view.Facets{States: []view.Count{{Value: "active", N: 81204}, {Value: "idle", N: 3}},
		Regions: []view.Count{{Value: "eu-sovereign", N: 7}}, Owners: []view.Count{{Value: "ana@example.org", N: 9}}}}
	s := visit(t, desk)
	a := s.get("/?q=track&state=active&state=idle&region=eu-sovereign&sort=recent&state=&nonsense=1")
	want := view.AppQuery{Text: "track", States: []string{"active", "idle"}, Regions: []string{"eu-sovereign"}, Sort: "recent"}
	if a.status != 200 || !reflect.DeepEqual(desk.list, want) {
		t.Fatalf("%d, asked %+v", a.status, desk.list)
	}
	for _, part := range []string{`href="/?q=track&amp;region=eu-sovereign&amp;sort=recent&amp;state=idle"`, "81,204", `href="/?after=kiosk&amp;q=track`,
		`href="/?owner=ana%40example.org&amp;q=track`, `<input type="hidden" name="state" value="active"`, `href="/?sort=recent"`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	desk.refuse = map[string]error{"Apps narrowed": core.Errorf(core.Invalid, `There is no state "asleep".`).At("state")}
	a = s.get("/?state=asleep")
	if a.status != 422 || !strings.Contains(a.body, "There is no state") || desk.list.Narrowed() {
		t.Errorf("a filter that cannot be: %d, asked %+v", a.status, desk.list)
	}
}

func TestComponentsPage(t *testing.T) {
	desk := richDesk()
	total, unlisted := 2, 3
	desk.holders = view.ComponentPage{Where: "live", Total: &total, Next: "payroll", Versions: []string{"pkg:npm/lodash@4.17.20"}, Others: 1, Unlisted: &unlisted, Uncompared: []string{"pkg:npm/lodash@git"},
		Items: []view.ComponentHolder{{App: "payroll", Owner: "ana@example.org", State: "active", Classification: "internal", Target: "eu", Region: "eu",
			Components: []view.HeldComponent{{Ecosystem: "npm", Name: "lodash", Version: "4.17.20", Direct: "no"}}}}}
	s := visit(t, desk)
	if a := s.get("/components"); a.status != 200 || !strings.Contains(a.body, "How to ask") || desk.component.Text != "" {
		t.Errorf("an empty page: %d, asked %+v", a.status, desk.component)
	}
	a := s.get("/components?q=lodash+%3C+4.17.21&where=latest&after=a")
	if a.status != 200 || desk.component.Text != "lodash < 4.17.21" || desk.component.Where != "latest" || desk.component.After != "a" {
		t.Fatalf("%d, asked %+v", a.status, desk.component)
	}
	for _, part := range []string{"2 apps hold it.", "lodash 4.17.20", "Through another", "cannot be compared", "The components of 3 apps are not known", "after=payroll", `value="lodash &lt; 4.17.21"`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	desk.holders.Total, desk.holders.Unlisted = nil, nil // a following page
	if a := s.get("/components?q=lodash&after=payroll"); !strings.Contains(a.body, "More apps that hold it.") || strings.Contains(a.body, "not known") {
		t.Errorf("a page that is not counted: %s", a.body)
	}
	desk.refuse = map[string]error{"Components": core.Errorf(core.Invalid, `There is no version after "<".`).At("q:9").Hinted("Write a version after it.")}
	a = s.get("/components?q=lodash+%3C")
	if a.status != 422 || !strings.Contains(a.body, "Look at character 9.") || !strings.Contains(a.body, `value="lodash &lt;"`) {
		t.Errorf("a query that cannot be read: %d", a.status)
	}
}
