package web_test

import (
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

func TestStrangersAreSentToSignInAndComeBack(t *testing.T) {
	s := stranger(t, richDesk())
	a := s.get("/audit?app=x")
	if a.status != 303 || a.location != "/sign-in?next=%2Faudit%3Fapp%3Dx" {
		t.Fatalf("%d to %q", a.status, a.location)
	}
	landing := s.get("/sign-in?token=good&next=%2Faudit%3Fapp%3Dx")
	if len(s.desk.calls) != 0 {
		t.Fatal("opening the link used it up")
	}
	if landing.status != 200 || !strings.Contains(main(landing.doc), "This link works once.") {
		t.Fatalf("landing: %s", main(landing.doc))
	}
	a = s.post("/sign-in", url.Values{"token": {"good"}, "next": {"/audit?app=x"}})
	if a.status != 303 || a.location != "/audit?app=x" {
		t.Errorf("after signing in: %d to %q", a.status, a.location)
	}
	if a := s.get("/audit"); a.status != 200 {
		t.Errorf("signed in, but status %d", a.status)
	}
}

func TestEveryActOfAStrangerIsRefused(t *testing.T) {
	for _, r := range pagesOf(t).Routes() {
		if r.Permission == edge.Anyone {
			continue
		}
		s := stranger(t, richDesk())
		var a answer
		if r.Method == "POST" {
			a = s.post(r.Example, url.Values{"answer": {"yes"}})
		} else {
			a = s.get(r.Example)
		}
		if a.status != 303 || !strings.HasPrefix(a.location, "/sign-in") || len(s.desk.calls) != 0 {
			t.Errorf("%s %s: %d to %q, calls %v", r.Method, r.Pattern, a.status, a.location, s.desk.calls)
		}
	}
}

func TestSignInNeverLeadsElsewhere(t *testing.T) {
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/\n/evil.example"} {
		a := stranger(t, richDesk()).post("/sign-in", url.Values{"token": {"good"}, "next": {next}})
		if a.location != "/" {
			t.Errorf("next=%q leads to %q", next, a.location)
		}
	}
}

func TestUsedLinkSaysHowToGetAnother(t *testing.T) {
	a := stranger(t, richDesk()).post("/sign-in", url.Values{"token": {"old"}})
	text := main(a.doc)
	if a.status != 401 || !strings.Contains(text, "This sign-in link was used or is too old.") || !strings.Contains(text, "How to get a link") {
		t.Errorf("status %d: %s", a.status, text)
	}
}

// TestFaultsAreToldInPlainWords: promise 12; no internal text leaves.
func TestFaultsAreToldInPlainWords(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{errors.New("sql: connection refused at 10.0.0.3"), 500, "Something went wrong here"},
		{core.Errorf(core.Forbidden, "Only auditors read the log."), 403, "You may not do that"},
		{core.Errorf(core.NotFound, "There is no such log."), 404, "We cannot find that"},
		{core.Errorf(core.Invalid, "The cursor is not one of ours."), 422, "Something in the form is not right"},
		{core.Errorf(core.Unavailable, "The log is being moved."), 503, "Something we need is away"},
	} {
		d := richDesk()
		d.refuse["Events"] = c.err
		a := visit(t, d).get("/audit")
		text := main(a.doc)
		if a.status != c.status || !strings.Contains(text, c.says) || !strings.Contains(text, "0193abcd-0000-7000-8000-000000000001") {
			t.Errorf("%v: status %d: %s", c.err, a.status, text)
		}
		if strings.Contains(a.body, "10.0.0.3") {
			t.Error("an internal text left the house")
		}
	}
}

// TestPagesOutliveALostCaller: without the caller's details the page still shows.
func TestPagesOutliveALostCaller(t *testing.T) {
	d := richDesk()
	d.refuse["Me"] = errors.New("away")
	if a := visit(t, d).get("/"); a.status != 200 || !strings.Contains(a.body, "anna@example.org") {
		t.Errorf("status %d", a.status)
	}
}

func TestEmptyHomeLeadsToANewApp(t *testing.T) {
	d := richDesk()
	d.apps, d.notices = nil, nil
	a := visit(t, d).get("/")
	if text := main(a.doc); !strings.Contains(text, "Make your first app") || !strings.Contains(a.body, `href="/new"`) {
		t.Errorf("%s", text)
	}
}

func TestFilesAreSavedNotShown(t *testing.T) {
	s := visit(t, richDesk())
	for path, name := range map[string]string{"/apps/candidate-tracker/documents/sha256:11aa": "11aa.json", "/apps/candidate-tracker/evidence": "candidate-tracker-evidence.zip"} {
		a := s.get(path)
		if got := a.header.Get("Content-Disposition"); a.status != 200 || got != "attachment; filename="+name {
			t.Errorf("%s: status %d, %q", path, a.status, got)
		}
	}
}

func TestFragmentsAndTheirPages(t *testing.T) {
	for path, refresh := range map[string]string{"/apps/room-planner/progress": "", "/apps/candidate-tracker/progress": "true",
		"/apps/candidate-tracker/changes/5/checklist": "", "/apps/candidate-tracker/changes/4/checklist": "true"} {
		s := visit(t, richDesk())
		if a := s.get(path); a.status != 303 {
			t.Errorf("%s without script: status %d, want 303 to the page", path, a.status)
		}
		a := s.fragment(path)
		if a.status != 200 || strings.Contains(a.body, "<html") || a.header.Get("HX-Refresh") != refresh {
			t.Errorf("%s: status %d, HX-Refresh %q", path, a.status, a.header.Get("HX-Refresh"))
		}
	}
}

func TestAuditFilterAndPages(t *testing.T) {
	s := visit(t, richDesk())
	a := s.get("/audit?actor=anna&action=app.create&before=e9")
	if q := s.desk.query; q.Actor != "anna" || q.Action != "app.create" || q.Before != "e9" || q.Limit != 50 {
		t.Errorf("query %+v", q)
	}
	for _, want := range []string{`href="/audit?action=app.create&amp;actor=anna&amp;before=e5"`, `href="/audit?action=app.create&amp;actor=anna"`, `value="anna"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

// TestAuditDays: days are whole, and stay what was typed.
func TestAuditDays(t *testing.T) {
	s := visit(t, richDesk())
	a := s.get("/audit?from=2026-03-01&to=2026-03-02&gate=app.deploy")
	if q := s.desk.query; !q.From.Equal(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)) || !q.To.Equal(time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)) || q.Gate != "app.deploy" {
		t.Errorf("query %+v", q)
	}
	for _, want := range []string{`value="2026-03-02"`, `href="/audit/export?format=csv&amp;from=2026-03-01&amp;gate=app.deploy&amp;to=2026-03-02"`, "format=ocsf", "/audit/proof/e1"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if a := s.get("/audit?from=yesterday"); a.status != 422 {
		t.Errorf("status %d", a.status)
	}
}

// TestAuditFiles: an export and a proof are files; an export that fails on the
// way is broken off.
func TestAuditFiles(t *testing.T) {
	s := visit(t, richDesk())
	a := s.get("/audit/export?format=csv&app=x")
	if a.body != "events as csv" || !strings.Contains(a.header.Get("Content-Disposition"), "events.csv") || s.desk.query.App != "x" {
		t.Errorf("%+v", a)
	}
	if a := s.get("/audit/proof/e1"); !strings.HasPrefix(a.body, "c2sp.org/tlog-proof@v1") || !strings.Contains(a.header.Get("Content-Disposition"), "e1.tlog-proof") {
		t.Errorf("%+v", a)
	}
	s.desk.refuse["Write"] = core.Errorf(core.Internal, "the disk is gone")
	s.client.CloseIdleConnections() // on a used one, the client asks a second time
	if res, err := s.client.Get(s.url + "/audit/export?format=csv"); err == nil {
		_, err = io.ReadAll(res.Body)
		res.Body.Close()
		if err == nil {
			t.Error("half an export looks whole")
		}
	}
}

// TestForkIsLoud: a witness that refuses the log stands on top of the page.
func TestForkIsLoud(t *testing.T) {
	d := richDesk()
	d.events.Watch.Witnesses[1].State = "forked"
	if a := visit(t, d).get("/audit"); !strings.Contains(a.body, `role="alert"`) || !strings.Contains(a.body, "refuses this log") {
		t.Error("nothing says so")
	}
}

// TestScriptIsSentOnlyWithANonce: without one, pages work and stay silent.
func TestScriptIsSentOnlyWithANonce(t *testing.T) {
	s := visit(t, richDesk())
	if a := s.get("/apps/room-planner"); len(all(a.doc, tagged("script"))) != 3 {
		t.Error("scripts are missing")
	}
	a := visitAs(t, richDesk(), anna(), false).get("/apps/room-planner")
	if len(all(a.doc, tagged("script"))) != 0 || strings.Contains(a.body, "hx-get") {
		t.Error("script without a nonce")
	}
}

func TestNavigationOffersOnlyWhatIsAllowed(t *testing.T) {
	d := richDesk()
	d.notices = nil
	a := visitAs(t, d, core.Person{ID: "g", Email: "guest@example.org"}, true).get("/")
	if a.status != 200 || strings.Contains(a.body, `href="/audit"`) || strings.Contains(a.body, `href="/approvals"`) || strings.Contains(a.body, `href="/new"`) {
		t.Error("the page offers what would be refused")
	}
}
