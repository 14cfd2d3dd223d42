package web_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// TestActsRedirectAndReachTheDesk presses every button once.
func TestActsRedirectAndReachTheDesk(t *testing.T) {
	for _, c := range []struct {
		path  string
		form  url.Values
		calls []string
		to    string
	}{
		{"/apps/candidate-tracker/deploy", url.Values{"artifact": {digest}, "target": {"embedded-eu"}}, []string{"Deploy", digest, "embedded-eu"}, "/apps/candidate-tracker?did=deploying"},
		{"/apps/candidate-tracker/archive", nil, []string{"Archive"}, "/apps/candidate-tracker?did=archived"},
		{"/apps/candidate-tracker/owner", url.Values{"email": {"dora@example.org"}}, []string{"Give dora@example.org"}, "/apps/candidate-tracker?did=given"},
		{"/apps/desk-booking/restore", nil, []string{"Restore"}, "/apps/desk-booking?did=restored"},
		{"/apps/survey-2025/reactivate", nil, []string{"Reactivate"}, "/apps/survey-2025?did=reactivated"},
		{"/apps/candidate-tracker/changes/2/merge", url.Values{"head": {commit}}, []string{"Merge", commit}, "/apps/candidate-tracker/changes/2?did=merged"},
		{"/approvals/r1", url.Values{"answer": {"yes"}, "note": {"Fine."}, "digest": {digest}}, []string{"Answer", "yes", "Fine.", digest}, "/approvals?did=approved"},
		{"/absence", url.Values{"from": {"2026-12-24"}, "until": {"2026-12-31"}, "delegate": {"dora@example.org"}, "reason": {"Holiday"}}, []string{"SetAbsence", "2026-12-24", "2026-12-31", "dora@example.org", "Holiday"}, "/absence?did=away"},
		{"/absence/a1/end", nil, []string{"EndAbsence", "a1"}, "/absence?did=back"},
		{"/account-links", url.Values{"a": {"x@example.org"}, "b": {"y@example.org"}, "same": {"no"}, "reason": {"Two desks."}}, []string{"LinkAccounts", "x@example.org", "y@example.org", "different", "Two desks."}, "/account-links?did=linked"},
		{"/approvals/r1", url.Values{"answer": {"no"}, "note": {"Why?"}, "digest": {digest}, "next": {"/apps/a/changes/3"}}, []string{"Answer", "no", "Why?", digest}, "/apps/a/changes/3?did=refused"},
		{"/approvals/r1", url.Values{"answer": {"yes"}, "next": {"//evil.example"}}, []string{"Answer", "yes", "", ""}, "/approvals?did=approved"},
		{"/notices/n1/read", url.Values{"next": {"/"}}, []string{"MarkRead"}, "/"},
		{"/tokens/k3/revoke", nil, []string{"RevokeToken", "k3"}, "/tokens?did=revoked"},
		{"/courses/basics", url.Values{"q0": {"1"}, "q1": {"2"}}, []string{"TakeCourse"}, "/courses/basics?did=passed"},
		{"/new/internal-dashboard", url.Values{"name": {"tracker"}}, []string{"CreateApp"}, "/apps/tracker?did=created"},
		{"/apps/candidate-tracker/pipelines/p1/confirm", url.Values{"event": {"push", "schedule"}}, []string{"p1", "push,schedule", "ConfirmPipeline"}, "/apps/candidate-tracker?did=connected"},
		{"/apps/candidate-tracker/pipelines/p1/remove", nil, []string{"p1", "RemovePipeline"}, "/apps/candidate-tracker?did=disconnected"},
		{"/sign-out", nil, nil, "/sign-in?did=signed-out"},
	} {
		s := visit(t, richDesk())
		a := s.post(c.path, c.form)
		if a.status != 303 || a.location != c.to {
			t.Errorf("%s: %d to %q, want 303 to %q", c.path, a.status, a.location, c.to)
		}
		if !slices.Equal(s.desk.calls, c.calls) {
			t.Errorf("%s: the desk was asked %q, want %q", c.path, s.desk.calls, c.calls)
		}
	}
}

// TestRefusedActsSayWhyOnTheirPage: a refusal shows the page it came from.
func TestRefusedActsSayWhyOnTheirPage(t *testing.T) {
	for _, c := range []struct {
		path, method, stays string
		status              int
	}{
		{"/apps/candidate-tracker/deploy", "Deploy", "Where it runs", 403},
		{"/apps/candidate-tracker/archive", "Archive", "Where it runs", 403},
		{"/apps/desk-booking/restore", "Restore", "This app is archived", 403},
		{"/apps/survey-2025/reactivate", "Reactivate", "Keep it active", 403},
		{"/apps/candidate-tracker/changes/2/merge", "Merge", "Checklist", 403},
		{"/tokens/k3/revoke", "RevokeToken", "Make a token", 403},
	} {
		d := richDesk()
		d.refuse[c.method] = core.Errorf(core.Denied, "us-east-1 is not a region of this app.").Hinted("Choose a target in eu-sovereign.")
		a := visit(t, d).post(c.path, nil)
		text := main(a.doc)
		if a.status != c.status {
			t.Errorf("%s: status %d, want %d", c.path, a.status, c.status)
		}
		for _, want := range []string{"The rules do not allow that", "us-east-1 is not a region of this app.", "Choose a target in eu-sovereign.", c.stays} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the page does not say %q", c.path, want)
			}
		}
	}
}

// TestWaitingIsNoRefusal: an act that waits for a human was accepted.
func TestWaitingIsNoRefusal(t *testing.T) {
	for path, method := range map[string]string{"/apps/candidate-tracker/deploy": "Deploy", "/apps/candidate-tracker/changes/2/merge": "Merge", "/new/internal-dashboard": "CreateApp"} {
		d := richDesk()
		d.refuse[method] = core.Errorf(core.Pending, "A data owner has to approve it.")
		a := visit(t, d).post(path, url.Values{"name": {"payroll"}})
		if a.status != 303 || !strings.HasSuffix(a.location, "?did=waiting") {
			t.Errorf("%s: %d to %q, want 303 to a page that says it waits", path, a.status, a.location)
		}
	}
}

func TestRefusedAnswerKeepsTheNote(t *testing.T) {
	d := richDesk()
	d.refuse["Answer"] = core.Errorf(core.Conflict, "The change moved on.").Hinted("Look at the new one.")
	a := visit(t, d).post("/approvals/r1", url.Values{"answer": {"no"}, "note": {"Too many columns."}})
	if a.status != 409 || words(byID(a.doc, "note-r1")) != "Too many columns." {
		t.Errorf("status %d, note %q", a.status, words(byID(a.doc, "note-r1")))
	}
	if got := words(byID(a.doc, "note-error-r1")); got != "Error: The change moved on. Look at the new one." {
		t.Errorf("beside the note: %q", got)
	}
}

// An answer that needs a fresh sign-in leads there, and the note is there again
// afterwards, once, and for the same person.
func TestFreshSignInKeepsTheNote(t *testing.T) {
	d := richDesk()
	d.refuse["Answer"] = core.Errorf(core.Forbidden, "This answer needs a fresh sign-in.").Hinted("Sign in again.").At("step_up")
	s := visit(t, d)
	long := strings.Repeat("ü", 1500)
	a := s.post("/approvals/r1", url.Values{"answer": {"yes"}, "note": {"Fine. " + long}})
	if a.status != 403 || !strings.Contains(a.body, "/sign-in/again?next=/approvals") {
		t.Fatalf("%d without a way to sign in again", a.status)
	}
	if got := words(byID(s.get("/approvals").doc, "note-r1")); !strings.HasPrefix(got, "Fine. üü") || !utf8.ValidString(got) || len(got) > 2000 || len(got) < 1990 {
		t.Errorf("after signing in again the note is %d bytes: %.20q", len(got), got)
	}
	if got := words(byID(s.get("/approvals").doc, "note-r1")); got != "" {
		t.Errorf("the note is there a second time: %.20q", got)
	}
}

func TestFailedQuizShowsWhatToLookAtAgain(t *testing.T) {
	a := visit(t, richDesk()).post("/courses/basics", url.Values{"q0": {"1"}, "q1": {"99"}})
	text := main(a.doc)
	if a.status != 422 || !strings.Contains(text, "You got 50 %. You need 80 %.") || !strings.Contains(text, "It says something about a person's health.") {
		t.Errorf("status %d: %s", a.status, text)
	}
	if strings.Contains(text, "The store gives it to the app") {
		t.Error("the right answer is explained as if it were wrong")
	}
}

// TestQuizHidesTheAnswers: the first page holds nothing that tells them.
func TestQuizHidesTheAnswers(t *testing.T) {
	a := visit(t, richDesk()).get("/courses/basics")
	if strings.Contains(a.body, "The store gives it") || strings.Contains(a.body, " checked") {
		t.Error("the page gives an answer away")
	}
}
