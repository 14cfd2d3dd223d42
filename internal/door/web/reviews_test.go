package web_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func (d *fakeDesk) AccessReviews(context.Context, core.Person) ([]view.Review, error) {
	return []view.Review{quarter(), {Name: "2026-Q2", Opened: ago(90 * day), Due: ago(60 * day), Whole: true, Rights: 2, Kept: 2}}, d.refuse["AccessReviews"]
}

func (d *fakeDesk) ReviewRights(_ context.Context, _ core.Person, review string, q view.RightQuery) (view.RightPage, error) {
	page := view.RightPage{Review: quarter(), Next: "r4"}
	page.Review.Name = review
	for _, r := range rightsOf() {
		if (!q.Open || r.Decision == "") && (!q.Unused || r.Unused) {
			page.Items = append(page.Items, r)
		}
	}
	return page, d.refuse["ReviewRights"]
}

func (d *fakeDesk) DecideRight(_ context.Context, _ core.Person, id core.ID, decision, reason string) (view.Right, error) {
	d.calls = append(d.calls, string(id), decision, reason)
	r := view.Right{Decision: decision}
	if id == "r1" {
		gone := now()
		r.Gone = &gone
	}
	return r, d.did("DecideRight")
}

func quarter() view.Review {
	return view.Review{Name: "2026-Q3", Opened: ago(10 * day), Due: now().Add(20 * day), Whole: true, Rights: 6, Open: 3, Unused: 2, Kept: 1, Removed: 1, Pending: 1}
}

func rightsOf() []view.Right {
	used := func(d time.Duration) *time.Time { t := ago(d); return &t }
	return []view.Right{
		{ID: "r1", Kind: "token", Person: "ben@example.org", Name: "laptop", Words: "the access token laptop", From: "made by the person", Unused: true, CanDecide: true},
		{ID: "r2", Kind: "co-owner", Person: "christina.von-hohenlohe@people-and-culture.example.org", App: "candidate-tracker", Name: "co-owner",
			Words: "the place of co-owner of the app candidate-tracker", From: "microapp.yaml", Used: used(200 * day), Unused: true, CanDecide: true},
		{ID: "r3", Kind: "role", Person: "anna@example.org", Name: "maker", Words: "the role maker", From: "given by hand", Used: used(time.Hour)},
		{ID: "r4", Kind: "role", Person: "dora@example.org", Name: "platform", Words: "the role platform", From: "a group of a sign-in provider", Used: used(3 * day), Decision: "keep", Reason: "She runs the servers.", By: "sam@example.org", At: used(day)},
		{ID: "r5", Kind: "role", Person: "emil@example.org", Name: "finance", Words: "the role finance", From: "a group of a sign-in provider", Decision: "remove", Reason: "He left the team.", By: "sam@example.org", At: used(day)},
	}
}

// WFL-5: a reviewer sees what waits, decides with a reason, and is told what
// became of it; what is not theirs to decide shows no form.
func TestReviewIsDecidedOnItsPage(t *testing.T) {
	s := visit(t, richDesk())
	a := s.get("/reviews")
	if text := main(a.doc); a.status != 200 || !strings.Contains(text, "3 rights wait for a decision") || !strings.Contains(text, "anna@example.org has the role maker") || strings.Contains(text, "dora@") {
		t.Errorf("%d: %s", a.status, text)
	}
	if n := strings.Count(a.body, `name="reason"`); n != 2 {
		t.Errorf("%d rights can be decided, want 2", n)
	}
	if text := main(s.get("/reviews?show=all").doc); !strings.Contains(text, "She runs the servers.") {
		t.Error("what is decided is not shown")
	}
	for id, want := range map[string]string{"r1": "right-gone", "r2": "right-asked"} {
		a := s.post("/reviews/rights/"+id, url.Values{"decision": {"remove"}, "reason": {"Not used."}, "review": {"2026-Q3"}, "show": {"unused"}})
		if !strings.Contains(a.location, "/reviews?") || !strings.Contains(a.location, "show=unused") || !strings.Contains(a.location, "did="+want) {
			t.Errorf("%s: %d to %q", id, a.status, a.location)
		}
	}
	if !slices.Contains(s.desk.calls, "Not used.") {
		t.Errorf("the desk heard %q", s.desk.calls)
	}
}

// A refused decision keeps what was typed, beside the right it is about.
func TestRefusedDecisionKeepsTheReason(t *testing.T) {
	d := richDesk()
	d.refuse["DecideRight"] = core.Errorf(core.Forbidden, "You gave this right.").Hinted("Leave it to another reviewer.")
	s := visit(t, d)
	a := s.post("/reviews/rights/r2", url.Values{"decision": {"keep"}, "reason": {"<b>I know her</b>"}, "review": {"2026-Q3"}})
	if a.status != 403 || !strings.Contains(main(a.doc), "You gave this right.") || attr(byID(a.doc, "reason-r2"), "value") != "<b>I know her</b>" {
		t.Errorf("%d: %s", a.status, main(a.doc))
	}
	wellMade(t, a)
}
