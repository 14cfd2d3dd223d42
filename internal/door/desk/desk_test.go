package desk_test

import (
	"context"
	"testing"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/org/fleet"
	"github.com/paddock-dev/paddock/internal/org/inventory"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// office is a desk on the real store, with three apps' worth of people. Parts
// that no test may reach are not there: reaching one ends the test.
type office struct {
	*testkit.Ground
	desk *desk.Desk

	hana, colin, pia, aude, sam core.Person // owner, another maker, platform, auditor, security
	payroll, secret             core.App
}

// costs are nothing.
type costs struct{}

func (costs) Last30(context.Context, []core.ID) (map[core.ID]float64, string, error) {
	return nil, "EUR", nil
}

func (costs) Detail(context.Context, core.App) (view.Usage, error) { return view.Usage{}, nil }

type shelf struct{ rev *catalog.Revision }

func (s shelf) Current() *catalog.Revision { return s.rev }

type noLog struct{ desk.EventStore }

type noSagas struct{}

func (noSagas) Steps(string) []string { return []string{"repository"} }

func newOffice(t *testing.T) *office {
	g := testkit.New(t)
	rev, err := catalog.Load(t.Context(), governance.FS(), "test")
	g.Must(err)
	o := &office{Ground: g, hana: g.Somebody("hana@example.org", core.RoleMaker), colin: g.Somebody("colin@example.org", core.RoleMaker),
		pia: g.Somebody("pia@example.org", core.RolePlatform), aude: g.Somebody("aude@example.org", core.RoleAuditor), sam: g.Somebody("sam@example.org", core.RoleSecurity)}
	o.payroll, o.secret = g.NewApp("payroll", o.hana), g.NewApp("salaries", o.pia, "sam@example.org")
	o.desk = &desk.Desk{Clock: g.Clock, BaseURL: "http://paddock.example", AppURL: func(name string) string { return "http://" + name + ".apps.example" },
		Parts: desk.Parts{Store: g.DB, Log: noLog{}, Catalog: shelf{rev}, Costs: costs{}, Fleet: &fleet.Fleet{Store: g.DB}, Inventory: &inventory.Inventory{Store: g.DB}, Pipelines: &pipeline.Service{Store: g.DB, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs}, Audit: g.Audit, Sagas: noSagas{},
			Approvals: approval.New(g, g.Audit, notify.New(g, g, g.Audit, g.Clock, g.IDs), g.Clock, g.IDs, 0)}}
	return o
}

func TestWhoSeesWhichApps(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		who  core.Person
		want []string
	}{{o.hana, []string{"payroll"}}, {o.colin, nil}, {o.pia, []string{"payroll", "salaries"}}, {o.aude, []string{"payroll", "salaries"}}, {o.sam, []string{"payroll", "salaries"}}, {core.Person{}, nil}} {
		page, err := o.desk.Apps(o.Ctx(), c.who, view.AppQuery{})
		o.Must(err)
		if page.Total != len(c.want) {
			t.Errorf("%s is told of %d apps, want %d", c.who.Email, page.Total, len(c.want))
		}
		var got []string
		for _, r := range page.Items {
			got = append(got, r.Name)
		}
		if len(got) != len(c.want) {
			t.Errorf("%s sees %v, want %v", c.who.Email, got, c.want)
		}
		for _, name := range []string{"payroll", "salaries"} {
			listed := false
			for _, n := range got {
				listed = listed || n == name
			}
			if _, err := o.desk.App(o.Ctx(), c.who, name); (err == nil) != listed {
				t.Errorf("%s is listed %v, but opening %s gives %v", c.who.Email, got, name, err)
			}
		}
	}
	own, err := o.desk.App(o.Ctx(), o.hana, "payroll")
	o.Must(err)
	read, err := o.desk.App(o.Ctx(), o.aude, "payroll")
	o.Must(err)
	if !own.CanEdit || read.CanEdit {
		t.Errorf("may change it: the owner %v, the auditor %v", own.CanEdit, read.CanEdit)
	}
}

// Whoever may not see an app cannot tell it from one that is not there.
func TestHiddenLooksLikeMissing(t *testing.T) {
	o := newOffice(t)
	ctx, d := o.Ctx(), o.desk
	for what, ask := range map[string]func(name string) error{
		"App":            func(n string) error { _, err := d.App(ctx, o.colin, n); return err },
		"Change":         func(n string) error { _, err := d.Change(ctx, o.colin, n, 1); return err },
		"Merge":          func(n string) error { return d.Merge(ctx, o.colin, n, 1, "x") },
		"Deploy":         func(n string) error { return d.Deploy(ctx, o.colin, n, "x", "eu-sovereign") },
		"ImportArtifact": func(n string) error { _, err := d.ImportArtifact(ctx, o.colin, n, view.Bundle{}); return err },
		"Archive":        func(n string) error { return d.Archive(ctx, o.colin, n) },
		"Restore":        func(n string) error { return d.Restore(ctx, o.colin, n) },
		"Reactivate":     func(n string) error { return d.Reactivate(ctx, o.colin, n) },
		"Document":       func(n string) error { _, _, err := d.Document(ctx, o.colin, n, "sha256:00"); return err },
		"EvidencePack":   func(n string) error { _, err := d.EvidencePack(ctx, o.colin, n, "", ""); return err },
	} {
		before := len(o.Events(0))
		hidden, missing := core.AsError(ask("salaries")), core.AsError(ask("unicorns"))
		if hidden == nil || hidden.Code != core.NotFound || missing == nil || missing.Code != core.NotFound {
			t.Errorf("%s: hidden %v, missing %v", what, hidden, missing)
			continue
		}
		if hidden.Msg != `There is no app named "salaries" that you may see.` || missing.Msg != `There is no app named "unicorns" that you may see.` || hidden.Hint != missing.Hint {
			t.Errorf("%s tells them apart: %q and %q", what, hidden, missing)
		}
		if len(o.Events(before)) != 0 {
			t.Errorf("%s leaves events: %v", what, o.Events(before))
		}
	}
}

// Who sees an app without owning it reads only.
func TestReaderDoesNotAct(t *testing.T) {
	o := newOffice(t)
	ctx, d := o.Ctx(), o.desk
	for what, err := range map[string]error{
		"merge": d.Merge(ctx, o.aude, "payroll", 1, "x"), "deploy": d.Deploy(ctx, o.aude, "payroll", "x", "y"), "archive": d.Archive(ctx, o.aude, "payroll"), "restore": d.Restore(ctx, o.aude, "payroll")} {
		if core.CodeOf(err) != core.Forbidden {
			t.Errorf("an auditor may %s: %v", what, err)
		}
	}
}

// What is not about one app needs its own right.
func TestOfficeRights(t *testing.T) {
	o := newOffice(t)
	ctx, d := o.Ctx(), o.desk
	for _, who := range []core.Person{o.hana, o.colin, {}} {
		_, people := d.People(ctx, who)
		_, added := d.AddPerson(ctx, who, view.NewPerson{Email: "eve@example.org", Roles: []core.Role{core.RolePlatform}})
		_, link := d.NewLink(ctx, who, "pia@example.org")
		_, names := d.SecretNames(ctx, who)
		_, events := d.Events(ctx, who, view.EventQuery{})
		for what, err := range map[string]error{"list people": people, "add a person": added, "make a link": link, "list secrets": names,
			"put a secret": d.PutSecret(ctx, who, "x", core.NewSecret([]byte("v"))), "read the log": events} {
			if code := core.CodeOf(err); code != core.Forbidden && code != core.Unauthorized {
				t.Errorf("%q may %s: %v", who.Email, what, err)
			}
		}
	}
	if _, err := d.MoveClock(ctx, o.pia, 0); core.CodeOf(err) != core.NotFound {
		t.Errorf("the clock of a server that is no laboratory: %v", err)
	}
	if err := d.SetSource(ctx, o.pia, "x", true); core.CodeOf(err) != core.NotFound {
		t.Errorf("a source of a server that is no laboratory: %v", err)
	}
}

// A request for approval is shown to those who may answer it, who asked, and who
// may see the app.
func TestWhoSeesRequests(t *testing.T) {
	o := newOffice(t)
	by := core.Actor{Kind: core.ActorPerson, ID: o.hana.ID, Name: o.hana.Email}
	o.Must(o.InTx(o.Ctx(), func(ctx context.Context) error {
		_, err := o.desk.Parts.Approvals.Ask(ctx, by, core.ApprovalRequest{Gate: core.GateChangeMerge, AppID: o.payroll.ID, Digest: "c1", Subject: "Change 1 of payroll", Requester: o.hana.ID,
			Needs: []core.Need{{Role: core.RoleSecurity, Reason: "It is new."}}})
		return err
	}))
	for who, want := range map[string]struct{ sees, answers bool }{"hana@example.org": {true, false}, "colin@example.org": {false, false}, "sam@example.org": {true, true}, "aude@example.org": {true, false}} {
		p, err := o.PersonByEmail(o.Ctx(), who)
		o.Must(err)
		list, err := o.desk.Approvals(o.Ctx(), p)
		o.Must(err)
		if (len(list) == 1) != want.sees || len(list) == 1 && (list[0].CanAnswer != want.answers || want.answers == (list[0].WhyNot != "")) {
			t.Errorf("%s sees %+v", who, list)
		}
	}
	o.boundToTheApp(t, o.sam)
}

// boundToTheApp holds that an access token bound to an app answers for this app
// only. There is one request, about payroll, which who may answer.
func (o *office) boundToTheApp(t *testing.T, who core.Person) {
	who.Only = []core.ID{o.payroll.ID}
	list, err := o.desk.Approvals(o.Ctx(), who)
	o.Must(err)
	if len(list) != 1 || !list[0].CanAnswer {
		t.Fatalf("a token bound to payroll sees %+v", list)
	}
	id := list[0].ID
	who.Only = []core.ID{o.secret.ID}
	if list, err := o.desk.Approvals(o.Ctx(), who); len(list) != 0 || err != nil {
		t.Errorf("a token bound to another app sees %+v, %v", list, err)
	}
	if _, err := o.desk.ExplainApproval(o.Ctx(), who, id); core.CodeOf(err) != core.NotFound {
		t.Errorf("a token bound to another app explains: %v", err)
	}
	if err := o.desk.Answer(o.Ctx(), who, id, true, "", "c1"); core.CodeOf(err) != core.NotFound {
		t.Errorf("a token bound to another app answers: %v", err)
	}
}

// A person reads and marks their own messages only.
func TestMessagesAreOnesOwn(t *testing.T) {
	o := newOffice(t)
	o.Must(o.Quietly(o.Ctx(), func(ctx context.Context) error {
		return notify.New(o, o, o.Ground.Audit, o.Clock, o.IDs).Tell(ctx, core.Notice{Person: o.hana.ID, Key: "k", Title: "Hello", Body: "Read me."})
	}))
	list, err := o.desk.Notices(o.Ctx(), o.hana)
	o.Must(err)
	if len(list) != 1 {
		t.Fatalf("hana has %d messages", len(list))
	}
	_ = o.desk.MarkRead(o.Ctx(), o.colin, list[0].ID)
	if list, _ = o.desk.Notices(o.Ctx(), o.hana); list[0].Read {
		t.Error("colin has marked hana's message")
	}
	o.Must(o.desk.MarkRead(o.Ctx(), o.hana, list[0].ID))
	if list, _ = o.desk.Notices(o.Ctx(), o.hana); !list[0].Read {
		t.Error("hana's message is not marked")
	}
	if list, _ := o.desk.Notices(o.Ctx(), o.colin); len(list) != 0 {
		t.Error("colin reads hana's messages")
	}
}
