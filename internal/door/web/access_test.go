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

func (d *fakeDesk) Grants(_ context.Context, _ core.Person, everybody bool, _ core.ID) (view.GrantPage, error) {
	page := view.GrantPage{Grants: []view.Grant{activeGrant().Grant, pendingGrant().Grant}, Next: "g0"}
	if everybody {
		page.Grants = append(page.Grants, view.Grant{ID: "g7", Person: "christina.von-hohenlohe@people-and-culture.example.org", App: "payroll-export", Role: core.GrantDataReader, State: core.GrantRevoked, Created: ago(9 * day)})
	}
	return page, d.refuse["Grants"]
}

func (d *fakeDesk) Grant(_ context.Context, _ core.Person, id core.ID) (view.GrantDetail, error) {
	switch id {
	case "g1":
		return activeGrant(), nil
	case "g2":
		return pendingGrant(), nil
	}
	return view.GrantDetail{}, core.Errorf(core.NotFound, "There is no grant with the id %q that you may see.", id)
}

func (d *fakeDesk) RequestGrant(_ context.Context, _ core.Person, n view.NewGrant) (view.GrantDetail, error) {
	d.calls = append(d.calls, n.App, string(n.Role), n.For, n.Reason)
	return pendingGrant(), d.did("RequestGrant")
}

func (d *fakeDesk) ExtendGrant(_ context.Context, _ core.Person, _ core.ID, x view.Extension) (view.GrantDetail, error) {
	d.calls = append(d.calls, x.For, x.Reason)
	return pendingGrant(), d.did("ExtendGrant")
}

func (d *fakeDesk) EndGrant(_ context.Context, _ core.Person, id core.ID, what, why string) (view.GrantDetail, error) {
	d.calls = append(d.calls, string(id), what, why)
	return activeGrant(), d.did("EndGrant")
}

func activeGrant() view.GrantDetail {
	g := view.GrantDetail{Grant: view.Grant{ID: "g1", Person: "anna@example.org", App: "candidate-tracker", Role: core.GrantDeployer, Reason: "Roll back the release of this morning.", Ticket: "OPS-123",
		Minutes: 120, State: core.GrantActive, Created: ago(time.Hour), Asked: ago(time.Hour), Granted: ago(50 * time.Minute), Starts: ago(50 * time.Minute), Expires: now().Add(70 * time.Minute), Uses: 2},
		Others: 1, Approval: &view.Approval{ID: "r1"}, May: view.GrantAct{Drop: true, Extend: true, Revoke: true, Export: true}}
	g.Acts = []view.GrantUse{{Event: "e1", At: ago(40 * time.Minute), Action: "app.read", Door: "web"}, {Event: "e2", At: ago(30 * time.Minute), Action: "app.deploy", Detail: "sha256:4a1c", Door: "web"}}
	return g
}

func pendingGrant() view.GrantDetail {
	return view.GrantDetail{Grant: view.Grant{ID: "g2", Person: "anna@example.org", App: "payroll-export", Role: core.GrantDataReader, Reason: "Find why a person is paid twice.", Minutes: 30,
		State: core.GrantPending, Created: ago(time.Minute), Asked: ago(time.Minute), Lapses: now().Add(day)}, May: view.GrantAct{Withdraw: true}}
}

// WFL-3: access is asked for on a page that says what it gives and until when, and
// is ended on it at once; what was done under it stands there.
func TestAccessIsAskedForAndEnded(t *testing.T) {
	s := visit(t, richDesk())
	if text := main(s.get("/access").doc); !strings.Contains(text, "candidate-tracker: Deploy") || !strings.Contains(text, "Waits for a yes") || strings.Contains(text, "christina") {
		t.Error(text)
	}
	if text := main(s.get("/access?show=all").doc); !strings.Contains(text, "christina") || !strings.Contains(text, "Ended early") {
		t.Error(text)
	}
	a := s.post("/access", url.Values{"app": {"payroll-export"}, "role": {"data-reader"}, "for": {"30m"}, "reason": {"Find it."}})
	if !strings.HasPrefix(a.location, "/access/g2") || !slices.Equal(s.desk.calls, []string{"payroll-export", "data-reader", "30m", "Find it.", "RequestGrant"}) {
		t.Errorf("%d to %q, the desk heard %q", a.status, a.location, s.desk.calls)
	}
	if text := main(s.get("/access/g1").doc); !strings.Contains(text, "Roll back the release") || !strings.Contains(text, "app.deploy") || !strings.Contains(text, "other grant gives it too") {
		t.Error(text)
	}
	if a := s.post("/access/g1/revoke", url.Values{"why": {"The release is fine."}}); !strings.Contains(a.location, "/access/g1?did=access-ended") || !slices.Contains(s.desk.calls, "The release is fine.") {
		t.Errorf("revoke: %d to %q", a.status, a.location)
	}
	if a := s.post("/access/g1/extend", url.Values{"for": {"1h"}, "reason": {"More to do."}}); !strings.HasPrefix(a.location, "/access/g2") {
		t.Errorf("extend: %d to %q", a.status, a.location)
	}
	if a := s.get("/evidence/access/g1"); a.status != 200 || a.body != "PK" || !strings.Contains(s.get("/access/g1").body, `href="/evidence/access/g1"`) || strings.Contains(s.get("/access/g2").body, "evidence") {
		t.Errorf("evidence: %d %q", a.status, a.body)
	}
	if a := s.get("/access/g9"); a.status != 404 {
		t.Errorf("a grant that is not there: %d", a.status)
	}
}

// What is refused keeps what was typed, beside the field it is about.
func TestRefusedAccessKeepsWhatWasTyped(t *testing.T) {
	d := richDesk()
	d.refuse["RequestGrant"] = core.Errorf(core.Invalid, "There is no app named %q.", "payrol").At("app").Hinted("Write its name as in its address.")
	s := visit(t, d)
	a := s.post("/access", url.Values{"app": {"payrol"}, "role": {"owner"}, "for": {"2h"}, "reason": {"<i>why</i>"}})
	if a.status < 400 || !strings.Contains(main(a.doc), "There is no app named") || !strings.Contains(a.body, `value="payrol"`) || !strings.Contains(a.body, "&lt;i&gt;why&lt;/i&gt;") {
		t.Errorf("%d: %s", a.status, main(a.doc))
	}
	wellMade(t, a)
	d.refuse["EndGrant"] = core.Errorf(core.Invalid, "The reason is missing.").Hinted("Write why.")
	a = s.post("/access/g1/revoke", url.Values{"why": {""}})
	if a.status < 400 || !strings.Contains(main(a.doc), "The reason is missing.") {
		t.Errorf("%d: %s", a.status, main(a.doc))
	}
	wellMade(t, a)
}
