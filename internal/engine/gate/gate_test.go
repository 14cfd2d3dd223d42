package gate_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// rules denies what is named bad-*, and asks the data owner for restricted apps.
const rules = `package paddock.app.deploy

deny contains {"code": "bad_name", "message": "The name is bad.", "fix": "Choose another.", "path": "microapp.yaml:1"} if startswith(input.app.name, "bad")

deny contains {"code": "bad_region", "message": "The region is bad.", "fix": "Move it.", "path": "microapp.yaml:2"} if input.app.region == "nowhere"

approve contains {"role": "data-owner", "reason": "It holds restricted data."} if input.app.classification == "restricted"
`

// stricter asks security too.
const stricter = rules + `
approve contains {"role": "security", "reason": "We had an incident."} if input.app.classification == "restricted"
`

// book is the policy in force.
type book struct{ set *policy.Set }

func (b *book) Rules() gate.Rules { return b.set }

// town is a ground with people, an app and its gates.
type town struct {
	*testkit.Ground
	*gate.Gates
	book              *book
	asks              *approval.Approvals
	maker, owner, sec core.Person
	app               core.App
	acts              int
}

func newTown(t *testing.T) *town {
	g := testkit.New(t)
	tw := &town{Ground: g, book: &book{}, asks: approval.New(g, g.Audit, notify.New(g, g, g.Audit, g.Clock, g.IDs), g.Clock, g.IDs, 0),
		maker: g.Somebody("maker@example.org", core.RoleMaker), owner: g.Somebody("data@example.org", core.RoleDataOwner), sec: g.Somebody("sec@example.org", core.RoleSecurity)}
	tw.app = g.NewApp("payroll", tw.maker)
	tw.enforce(rules)
	tw.Gates = &gate.Gates{Policy: tw.book, Store: g.DB, Approvals: tw.asks, Audit: g.Audit, Clock: g.Clock, IDs: g.IDs}
	return tw
}

func (tw *town) enforce(rego string) {
	set, err := policy.Compile(tw.Ctx(), map[string][]byte{"deploy.rego": []byte(rego)}, nil, nil)
	tw.Must(err)
	tw.book.set = set
}

func (tw *town) question(name, region string, class core.Classification, digest string) gate.Question {
	return gate.Question{Gate: core.GateAppDeploy, AppID: tw.app.ID, Digest: digest, Subject: "Deployment of payroll", Link: "/apps/payroll",
		Actor: core.Actor{Kind: core.ActorPerson, ID: tw.maker.ID, Name: tw.maker.Email, Door: "web"}, Asker: tw.maker.ID,
		Input: policy.Input{App: policy.App{Name: name, Region: region, Classification: class}}}
}

// pass asks; the act leaves a record.
func (tw *town) pass(q gate.Question) (core.Decision, error) {
	return tw.Pass(tw.Ctx(), q, func(ctx context.Context, d core.Decision) error {
		tw.acts++
		if err := tw.SetBuddy(ctx, tw.app.ID, tw.owner.ID); err != nil {
			return err
		}
		return tw.Ground.Audit.Append(ctx, core.Event{Action: "act", AppID: tw.app.ID, Actor: q.Actor, Code: "ok", Data: map[string]string{"decision": string(d.ID)}})
	})
}

func (tw *town) decisions() []core.Decision {
	list, err := tw.Decisions(tw.Ctx(), tw.app.ID)
	tw.Must(err)
	return list
}

func (tw *town) answer(who core.Person, yes bool) {
	open, err := tw.PendingRequests(tw.Ctx())
	tw.Must(err)
	if len(open) != 1 {
		panic("there is not one open request")
	}
	_, err = tw.asks.Answer(tw.Ctx(), core.Actor{Kind: core.ActorPerson, ID: who.ID, Name: who.Email}, open[0].ID, open[0].Digest, yes, "because")
	tw.Must(err)
}

// reasons are the messages that a refusal shows.
func reasons(err error) []string {
	var out []string
	for _, p := range core.AsError(err).Problems {
		out = append(out, p.Msg)
	}
	return out
}

// Promise 1: decision, event and act are kept together.
func TestAllowActsInOneTransaction(t *testing.T) {
	tw := newTown(t)
	before := len(tw.Events(0))
	d, err := tw.pass(tw.question("payroll", "eu", core.InternalUse, "sha256:a"))
	tw.Must(err)
	if got := tw.Events(before); !slices.Equal(got, []string{"gate.decide", "act"}) {
		t.Errorf("events: %v", got)
	}
	kept, err := tw.Decision(tw.Ctx(), d.ID)
	tw.Must(err)
	if kept.Result != core.Allow || kept.Subject != "sha256:a" || kept.PolicyRevision != tw.book.set.Revision() || tw.Reload(tw.app).BuddyID != tw.owner.ID {
		t.Errorf("kept %+v", kept)
	}
}

func TestFailedActKeepsNothing(t *testing.T) {
	tw := newTown(t)
	before := len(tw.Events(0))
	broken := errors.New("the disk is full")
	_, err := tw.Pass(tw.Ctx(), tw.question("payroll", "eu", core.InternalUse, "sha256:a"), func(ctx context.Context, _ core.Decision) error {
		return errors.Join(tw.SetBuddy(ctx, tw.app.ID, tw.owner.ID), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if len(tw.decisions()) != 0 || len(tw.Events(before)) != 0 || tw.Reload(tw.app).BuddyID != "" {
		t.Errorf("kept: %d decisions, %v, buddy %q", len(tw.decisions()), tw.Events(before), tw.Reload(tw.app).BuddyID)
	}
}

func TestDenyIsKeptWithEveryReason(t *testing.T) {
	tw := newTown(t)
	before := len(tw.Events(0))
	_, err := tw.pass(tw.question("bad-app", "nowhere", core.Restricted, "sha256:a"))
	if core.CodeOf(err) != core.Denied || !slices.Equal(reasons(err), []string{"The name is bad.", "The region is bad."}) {
		t.Errorf("%v: %v", core.CodeOf(err), reasons(err))
	}
	for _, p := range core.AsError(err).Problems {
		if p.Hint == "" || !strings.HasPrefix(p.Field, "microapp.yaml:") {
			t.Errorf("the reason %q has the fix %q at %q", p.Msg, p.Hint, p.Field)
		}
	}
	list := tw.decisions()
	if tw.acts != 0 || len(list) != 1 || list[0].Result != core.Deny || !slices.Equal(tw.Events(before), []string{"gate.decide"}) {
		t.Errorf("acts %d, decisions %+v, events %v", tw.acts, list, tw.Events(before))
	}
	if open, _ := tw.PendingRequests(tw.Ctx()); len(open) != 0 {
		t.Error("people are asked about what the rules deny")
	}
}

func TestPendingAsksOnce(t *testing.T) {
	tw := newTown(t)
	q := tw.question("payroll", "eu", core.Restricted, "sha256:a")
	var request core.ID
	for range 3 {
		d, err := tw.pass(q)
		if core.CodeOf(err) != core.Pending || !slices.Equal(reasons(err), []string{"It holds restricted data."}) {
			t.Fatalf("%v: %v", err, reasons(err))
		}
		if request == "" {
			request = d.RequestID
		}
		if d.RequestID != request || request == "" {
			t.Errorf("the request is %q, then %q", request, d.RequestID)
		}
	}
	open, err := tw.PendingRequests(tw.Ctx())
	tw.Must(err)
	if len(open) != 1 || tw.acts != 0 || len(tw.decisions()) != 3 {
		t.Errorf("%d requests, %d acts, %d decisions", len(open), tw.acts, len(tw.decisions()))
	}
	for _, d := range tw.decisions() {
		if d.Result != core.Waiting {
			t.Errorf("a decision is %s", d.Result)
		}
	}
}

// WFL-1: a yes is to exactly one digest.
func TestGrantedLetsItsOwnDigestPassOnly(t *testing.T) {
	tw := newTown(t)
	_, _ = tw.pass(tw.question("payroll", "eu", core.Restricted, "sha256:a"))
	tw.answer(tw.owner, true)
	if d, err := tw.pass(tw.question("payroll", "eu", core.Restricted, "sha256:a")); err != nil || d.Result != core.Allow || tw.acts != 1 {
		t.Errorf("after the yes: %v, %s, %d acts", err, d.Result, tw.acts)
	}
	if _, err := tw.pass(tw.question("payroll", "eu", core.Restricted, "sha256:b")); core.CodeOf(err) != core.Pending || tw.acts != 1 {
		t.Errorf("another digest: %v, %d acts", err, tw.acts)
	}
	if _, err := tw.pass(tw.question("bad-app", "eu", core.Restricted, "sha256:a")); core.CodeOf(err) != core.Denied || tw.acts != 1 {
		t.Errorf("a yes against the rules: %v, %d acts", err, tw.acts)
	}
}

func TestRefusedDenies(t *testing.T) {
	tw := newTown(t)
	q := tw.question("payroll", "eu", core.Restricted, "sha256:a")
	_, _ = tw.pass(q)
	tw.answer(tw.owner, false)
	_, err := tw.pass(q)
	if core.CodeOf(err) != core.Denied || !slices.Equal(reasons(err), []string{"An approver said no to this."}) || tw.acts != 0 {
		t.Errorf("after the no: %v %v, %d acts", err, reasons(err), tw.acts)
	}
	if open, _ := tw.PendingRequests(tw.Ctx()); len(open) != 0 {
		t.Error("a refused request is asked again")
	}
}

func TestGrantEndsByTime(t *testing.T) {
	tw := newTown(t)
	q := tw.question("payroll", "eu", core.Restricted, "sha256:a")
	_, _ = tw.pass(q)
	tw.answer(tw.owner, true)
	tw.Ground.Clock.Move(approval.Valid)
	if _, err := tw.pass(q); core.CodeOf(err) != core.Pending || tw.acts != 0 {
		t.Errorf("after its end a grant gives %v, %d acts", err, tw.acts)
	}
}

func TestNewerRulesAskAgain(t *testing.T) {
	tw := newTown(t)
	q := tw.question("payroll", "eu", core.Restricted, "sha256:a")
	_, _ = tw.pass(q)
	tw.answer(tw.owner, true)
	tw.enforce(stricter)
	if _, err := tw.pass(q); core.CodeOf(err) != core.Pending || tw.acts != 0 {
		t.Fatalf("the old yes still counts: %v, %d acts", err, tw.acts)
	}
	tw.answer(tw.sec, true)
	if _, err := tw.pass(q); core.CodeOf(err) != core.Pending {
		t.Fatalf("with one yes of two: %v", err)
	}
	tw.answer(tw.owner, true)
	if _, err := tw.pass(q); err != nil || tw.acts != 1 {
		t.Errorf("with both: %v, %d acts", err, tw.acts)
	}
}

// Promise 5: whoever asks never says yes to it.
func TestAskerDoesNotApprove(t *testing.T) {
	tw := newTown(t)
	q := tw.question("payroll", "eu", core.Restricted, "sha256:a")
	q.Asker, q.Actor.ID = tw.owner.ID, tw.owner.ID
	_, _ = tw.pass(q)
	open, err := tw.PendingRequests(tw.Ctx())
	tw.Must(err)
	_, err = tw.asks.Answer(tw.Ctx(), core.Actor{Kind: core.ActorPerson, ID: tw.owner.ID}, open[0].ID, open[0].Digest, true, "")
	if core.CodeOf(err) != core.Forbidden {
		t.Errorf("the asker's own yes: %v", err)
	}
}

// Promise 2: a kept decision gives the same answer again, under its own rules.
func TestDecisionsReplay(t *testing.T) {
	tw := newTown(t)
	for _, q := range []gate.Question{tw.question("payroll", "eu", core.InternalUse, "1"), tw.question("bad", "nowhere", core.PHI, "2"), tw.question("pay", "eu", core.Restricted, "3")} {
		_, _ = tw.pass(q)
	}
	list := tw.decisions()
	if len(list) != 3 {
		t.Fatalf("%d decisions", len(list))
	}
	for _, d := range list {
		in, err := policy.ReadInput(d.Input)
		tw.Must(err)
		v, err := tw.book.set.Eval(tw.Ctx(), d.Gate, in)
		tw.Must(err)
		if !same(v, d.Verdicts) || d.PolicyRevision != tw.book.set.Revision() {
			t.Errorf("%s: replayed as %+v, kept as %+v", d.Subject, v, d.Verdicts)
		}
		_, digest, err := in.Canonical()
		tw.Must(err)
		if digest != d.InputDigest {
			t.Errorf("%s: the input's digest is %s, kept as %s", d.Subject, digest, d.InputDigest)
		}
	}
}

func same(a, b core.Verdicts) bool {
	return slices.Equal(a.Deny, b.Deny) && slices.Equal(a.Warn, b.Warn) && slices.Equal(a.Approve, b.Approve)
}

func TestPreviewLeavesNoTrace(t *testing.T) {
	tw := newTown(t)
	before := len(tw.Events(0))
	d, err := tw.Preview(tw.Ctx(), tw.question("payroll", "eu", core.Restricted, "sha256:a"))
	tw.Must(err)
	if d.Result != core.Waiting || len(tw.decisions()) != 0 || len(tw.Events(before)) != 0 {
		t.Errorf("%s, %d decisions, events %v", d.Result, len(tw.decisions()), tw.Events(before))
	}
}

// A decision names the rules that fired, and how long they took.
func TestDecisionsSayWhichRulesFired(t *testing.T) {
	tw := newTown(t)
	d, _ := tw.pass(tw.question("bad-app", "nowhere", core.Restricted, "sha256:a"))
	kept, err := tw.Decision(tw.Ctx(), d.ID)
	tw.Must(err)
	want := []core.Fired{
		{Answer: "deny", Code: "bad_name", Rule: "data.paddock.app.deploy.deny", Place: "deploy.rego:3:1"},
		{Answer: "deny", Code: "bad_region", Rule: "data.paddock.app.deploy.deny", Place: "deploy.rego:5:1"},
		{Answer: "approve", Code: "data-owner", Rule: "data.paddock.app.deploy.approve", Place: "deploy.rego:7:1"},
	}
	if !slices.Equal(kept.Fired, want) || kept.Took != d.Took {
		t.Errorf("fired %+v, took %d and %d", kept.Fired, kept.Took, d.Took)
	}
	tw.Gates.Clock = &ticking{now: tw.Ground.Clock.Now()}
	if d, _ := tw.pass(tw.question("payroll", "eu", core.InternalUse, "sha256:b")); d.Took != 250 || len(d.Fired) != 0 {
		t.Errorf("took %d µs, fired %+v", d.Took, d.Fired)
	}
}

// ticking is a clock that goes on by 250 µs each time that it is read.
type ticking struct{ now time.Time }

func (c *ticking) Now() time.Time {
	c.now = c.now.Add(250 * time.Microsecond)
	return c.now
}
