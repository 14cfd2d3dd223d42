package provision_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/life/provision"
	"github.com/paddock-dev/paddock/internal/org/training"
	"github.com/paddock-dev/paddock/internal/testkit/town"
)

// office makes apps in a town.
type office struct {
	*town.Town
	*provision.Service
	sagas *job.Sagas
}

func newOffice(t *testing.T) *office {
	o := &office{Town: town.New(t)}
	o.restart()
	return o
}

// restart is what a new process begins with.
func (o *office) restart() {
	o.Service = &provision.Service{Store: o.DB, People: o.DB, Forge: o.Town.Forge, Catalog: o.Town, Gates: o.Town.Gates, Training: o.Town, Tell: o.Town.Tell,
		Audit: o.Ground.Audit, Buddy: training.Buddy, Clock: o.Ground.Clock, IDs: o.Ground.IDs, Reserved: []string{"governance"}}
	o.sagas = o.Town.Sagas(o.Kind())
	o.Service.Sagas = o.sagas
}

func form(class core.Classification) provision.Form {
	return provision.Form{Template: "internal-dashboard", Name: "payroll", Classification: class, Region: "eu-sovereign", Parameters: map[string]string{"team": "People team"}}
}

func (o *office) create(f provision.Form) (core.App, error) {
	return o.Create(o.Ctx(), o.Hana, o.Actor(o.Hana), f)
}

// nothing demands that no trace of an app is left.
func (o *office) nothing(t *testing.T, what string) {
	t.Helper()
	apps, err := o.Apps(o.Ctx(), "", 10)
	o.Must(err)
	sagas, err := o.RunningSagas(o.Ctx())
	o.Must(err)
	repos, err := o.Town.Forge.List(o.Ctx())
	o.Must(err)
	open, err := o.PendingRequests(o.Ctx())
	o.Must(err)
	if len(apps)+len(sagas)+len(repos)+len(open)+len(o.Tasks) > 0 || o.Count("app.create") > 0 {
		t.Errorf("%s leaves %d apps, %d sagas, repositories %v, %d requests, tasks %v", what, len(apps), len(sagas), repos, len(open), o.Tasks)
	}
}

// CAT-4: every fault of the form names its field, all at once.
func TestFormFaultsNameTheirFields(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		what   string
		spoil  func(*provision.Form)
		fields []string
	}{
		{"an unknown template", func(f *provision.Form) { f.Template = "internal-dashbord" }, []string{"template"}},
		{"no name", func(f *provision.Form) { f.Name = "" }, []string{"name"}},
		{"a bad name", func(f *provision.Form) { f.Name = "../etc" }, []string{"name"}},
		{"a name of Paddock's", func(f *provision.Form) { f.Name = "governance" }, []string{"name"}},
		{"an unknown owner", func(f *provision.Form) { f.Owner = "nobody@example.org" }, []string{"owner"}},
		{"an unknown co-owner", func(f *provision.Form) { f.CoOwners = []string{"sam@example.org", "nobody@example.org"} }, []string{"co_owners"}},
		{"an unknown class", func(f *provision.Form) { f.Classification = "secret" }, []string{"classification"}},
		{"another region", func(f *provision.Form) { f.Region = "us-east-1" }, []string{"region"}},
		{"a budget below zero", func(f *provision.Form) { f.Budget = -1 }, []string{"budget"}},
		{"a budget that is no number", func(f *provision.Form) { f.Budget = math.NaN() }, []string{"budget"}},
		{"an unknown parameter", func(f *provision.Form) { f.Parameters = map[string]string{"taem": "x"} }, []string{"taem"}},
		{"several", func(f *provision.Form) { f.Name, f.Region, f.Classification = "X", "mars", "" }, []string{"name", "classification", "region"}},
	} {
		f := form(core.InternalUse)
		c.spoil(&f)
		_, err := o.create(f)
		e := core.AsError(err)
		if e == nil || e.Code != core.Invalid {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		faults := e.Problems
		if len(faults) == 0 {
			faults = []*core.Error{e}
		}
		if len(faults) != len(c.fields) {
			t.Errorf("%s: %d faults: %v", c.what, len(faults), err)
			continue
		}
		for i, p := range faults {
			if !strings.Contains(p.Field, c.fields[i]) || p.Msg == "" {
				t.Errorf("%s: the fault %q is at %q, want %q", c.what, p.Msg, p.Field, c.fields[i])
			}
		}
		if _, perr := o.Service.Preview(o.Ctx(), o.Hana, f); core.CodeOf(perr) != core.Invalid {
			t.Errorf("%s: the preview says %v", c.what, perr)
		}
	}
	o.nothing(t, "a form with faults")
}

// A name is taken once, but who sends the same form again, because the answer was
// lost, is answered as the first time.
func TestNameTaken(t *testing.T) {
	o := newOffice(t)
	first, err := o.create(form(core.InternalUse))
	o.Must(err)
	again, err := o.create(form(core.InternalUse))
	if err != nil || again.ID != first.ID {
		t.Errorf("the same form again: %v, %v", again.ID, err)
	}
	waits := form(core.Restricted)
	waits.Name = "waits"
	for range 2 {
		if _, err := o.create(waits); core.CodeOf(err) != core.Pending || len(core.AsError(err).Problems) == 0 {
			t.Errorf("a form that waits for approval: %v", err)
		}
	}
	if n := o.Count("approval.ask"); n != 1 {
		t.Errorf("asked %d times", n)
	}
	taken := func(what string, who core.Person, f provision.Form) {
		_, err := o.Create(o.Ctx(), who, o.Actor(who), f)
		if e := core.AsError(err); e == nil || e.Code != core.Conflict || e.Field != "name" || e.Hint == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := form(core.InternalUse)
	other.Budget = 7
	taken("another form", o.Hana, other)
	other = form(core.InternalUse)
	other.Parameters = map[string]string{"team": "Another team"}
	taken("other parameters", o.Hana, other)
	taken("somebody else", o.Pia, form(core.InternalUse))
	o.Ground.Clock.Move(time.Hour)
	taken("much later", o.Hana, form(core.InternalUse))
	if n := o.Count("app.create"); n != 2 {
		t.Errorf("%d apps", n)
	}
}

func TestDeniedLeavesNothing(t *testing.T) {
	o := newOffice(t)
	_, err := o.create(form(core.PHI)) // beyond the template's max_classification
	e := core.AsError(err)
	if e == nil || e.Code != core.Denied || len(e.Problems) == 0 || e.Problems[0].Hint == "" {
		t.Fatalf("%v", err)
	}
	o.nothing(t, "a denied app")
	o.Once("gate.decide")
	if _, err := o.create(form(core.InternalUse)); err != nil {
		t.Errorf("the name is not free afterwards: %v", err)
	}
}

// whole demands an app that is complete, exactly once.
func (o *office) whole(t *testing.T, id core.ID) {
	t.Helper()
	a, err := o.App(o.Ctx(), id)
	o.Must(err)
	if a.State != core.AppActive || a.BuddyID != o.Pia.ID {
		t.Errorf("the app is %s, its buddy %q", a.State, a.BuddyID)
	}
	o.Once("app.create", "app.repository", "app.protect", "app.identity", "ticket.open", "app.buddy", "app.ready")
	tickets, err := o.Tickets(o.Ctx(), id)
	o.Must(err)
	repos, err := o.Town.Forge.List(o.Ctx())
	o.Must(err)
	p, err := o.Town.Forge.Protection(o.Ctx(), a.Name)
	o.Must(err)
	head, err := o.Town.Forge.Head(o.Ctx(), a.Name, "main")
	o.Must(err)
	tree, err := o.Town.Forge.Tree(o.Ctx(), a.Name, head)
	o.Must(err)
	if _, err := tree.Open("microapp.yaml"); err != nil || len(tickets) != 1 || !slices.Equal(repos, []string{"payroll"}) || p != (core.Protection{Branch: "main"}) {
		t.Errorf("%d tickets, repositories %v, protection %+v, descriptor %v", len(tickets), repos, p, err)
	}
	for _, who := range []core.Person{o.Hana, o.Pia} {
		list, err := o.Notices(o.Ctx(), who.ID)
		o.Must(err)
		if len(list) != 1 {
			t.Errorf("%s is told %d things", who.Email, len(list))
		}
	}
}

// Promise 8: a crash at any point of any step, and the app is whole in the end.
func TestCrashAtEveryStep(t *testing.T) {
	for step := 1; step <= 6; step++ {
		for _, when := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("%d %s", step, when), func(t *testing.T) {
				t.Parallel()
				o := newOffice(t)
				a, err := o.create(form(core.InternalUse))
				o.Must(err)
				o.Crash(o.sagas, fmt.Sprintf("provision:%d:%s", step, when), func() { o.RunAll(o.sagas) })
				o.restart()
				o.RunAll(o.sagas)
				o.whole(t, a.ID)
			})
		}
	}
}

// CHK-2: a restricted app waits, and goes on after the yes, once.
func TestWaitsForApproval(t *testing.T) {
	o := newOffice(t)
	a, err := o.create(form(core.Restricted))
	if core.CodeOf(err) != core.Pending || a.ID == "" {
		t.Fatalf("%v", err)
	}
	o.Must(errNot(o.Continue(o.Ctx(), a.ID, core.System("approval")), core.Pending))
	o.RunAll(o.sagas)
	if got, _ := o.App(o.Ctx(), a.ID); got.State != core.AppProvisioning || o.Count("app.repository") != 0 {
		t.Errorf("before the yes the app is %s", got.State)
	}
	if req := o.Say(o.Sam, true); req.State != core.ApprovalGranted {
		t.Fatalf("the request is %s", req.State)
	}
	for range 2 { // the task may come again
		o.Must(o.Continue(o.Ctx(), a.ID, core.System("approval")))
	}
	o.RunAll(o.sagas)
	o.Must(o.Continue(o.Ctx(), a.ID, core.System("approval")))
	o.Once("app.create", "app.repository", "app.ready")
	if got, _ := o.App(o.Ctx(), a.ID); got.State != core.AppActive {
		t.Errorf("after the yes the app is %s", got.State)
	}
}

// errNot turns the expected code into nil.
func errNot(err error, code core.Code) error {
	if core.CodeOf(err) == code {
		return nil
	}
	return fmt.Errorf("want %s, got %v", code, err)
}

// What an approver refuses is not made; the app does not wait for ever.
func TestRefusedIsNotMade(t *testing.T) {
	o := newOffice(t)
	a, err := o.create(form(core.Restricted))
	o.Must(errNot(err, core.Pending))
	o.Say(o.Sam, false)
	for range 2 {
		o.Must(o.Refuse(o.Ctx(), a.ID, core.System("approval")))
	}
	o.RunAll(o.sagas)
	if got, _ := o.App(o.Ctx(), a.ID); got.State != core.AppFailed || o.Count("app.repository") != 0 {
		t.Errorf("after the no the app is %s", got.State)
	}
	o.Once("app.failed")
	o.Must(o.Continue(o.Ctx(), a.ID, core.System("approval")))
	if got, _ := o.App(o.Ctx(), a.ID); got.State != core.AppFailed {
		t.Errorf("later the app is %s", got.State)
	}
}

// A template that cannot be made fails the app, tells its owner and says what is
// left over.
func TestFailureIsTold(t *testing.T) {
	o := newOffice(t)
	a, err := o.create(form(core.InternalUse))
	o.Must(err)
	rev := *o.Rev
	rev.Templates = map[string]core.Template{}
	o.Rev = &rev
	o.RunAll(o.sagas)
	got, err := o.App(o.Ctx(), a.ID)
	o.Must(err)
	list, err := o.Notices(o.Ctx(), o.Hana.ID)
	o.Must(err)
	if got.State != core.AppFailed || o.Count("app.failed") != 1 || len(list) != 1 || !strings.Contains(list[0].Title, "could not be made") {
		t.Errorf("the app is %s, hana reads %+v", got.State, list)
	}
}

// POL-4: the preview says what the gate then does, and leaves no trace.
func TestPreviewAgreesWithTheGate(t *testing.T) {
	for class, want := range map[core.Classification]core.Code{core.InternalUse: "", core.Restricted: core.Pending, core.PHI: core.Denied} {
		o := newOffice(t)
		p, err := o.Service.Preview(o.Ctx(), o.Hana, form(class))
		o.Must(err)
		o.nothing(t, "a preview")
		result := map[core.Code]core.Result{"": core.Allow, core.Pending: core.Waiting, core.Denied: core.Deny}[want]
		if p.Decision.Result != result || p.Target.Name != "eu-sovereign" || len(p.Checks) == 0 || len(p.Later) != 2 {
			t.Errorf("%s: previewed as %+v", class, p)
		}
		if _, err := o.create(form(class)); core.CodeOf(err) != want {
			t.Errorf("%s: the gate says %v", class, err)
		}
	}
}
