package approval_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/notify"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// town is a ground with people and approvals.
type town struct {
	*testkit.Ground
	*approval.Approvals
	maker, sec, owner, both, plat core.Person
	app                           core.App
}

func newTown(t *testing.T) *town {
	g := testkit.New(t)
	tw := &town{Ground: g,
		Approvals: approval.New(g, g.Audit, notify.New(g, g, g.Audit, g.Clock, g.IDs), g.Clock, g.IDs, 0),
		maker:     g.Somebody("maker@example.org", core.RoleMaker),
		sec:       g.Somebody("sec@example.org", core.RoleSecurity),
		owner:     g.Somebody("data@example.org", core.RoleDataOwner),
		both:      g.Somebody("both@example.org", core.RoleSecurity, core.RoleDataOwner),
		plat:      g.Somebody("plat@example.org", core.RolePlatform),
	}
	tw.app = g.NewApp("payroll", tw.maker)
	return tw
}

func (tw *town) question(digest string, roles ...core.Role) core.ApprovalRequest {
	q := core.ApprovalRequest{Gate: core.GateChangeMerge, AppID: tw.app.ID, Digest: digest, Subject: "Change 2 of payroll", Link: "/apps/payroll/changes/2", Requester: tw.maker.ID}
	for _, r := range roles {
		q.Needs = append(q.Needs, core.Need{Role: r, Reason: "It holds restricted data."})
	}
	return q
}

func (tw *town) ask(t *testing.T, q core.ApprovalRequest) core.ApprovalRequest {
	t.Helper()
	r, err := tw.Ask(t.Context(), as(tw.maker), q)
	tw.Must(err)
	return r
}

func (tw *town) answer(p core.Person, r core.ApprovalRequest, yes bool) (core.ApprovalRequest, error) {
	return tw.Answer(context.Background(), as(p), r.ID, r.Digest, yes, "because")
}

func as(p core.Person) core.Actor {
	return core.Actor{Kind: core.ActorPerson, ID: p.ID, Name: p.Email, Door: "web"}
}

// WFL-1: granted only when every need has a yes.
func TestGrantNeedsEveryRole(t *testing.T) {
	tw := newTown(t)
	r := tw.ask(t, tw.question("sha256:1", core.RoleSecurity, core.RoleDataOwner))
	r, err := tw.answer(tw.sec, r, true)
	if err != nil || r.State != core.ApprovalPending {
		t.Fatalf("after one of two: %s, %v", r.State, err)
	}
	r, err = tw.answer(tw.owner, r, true)
	if err != nil || r.State != core.ApprovalGranted {
		t.Fatalf("after both: %s, %v", r.State, err)
	}
	standing, ok, err := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:1")
	if err != nil || !ok || standing.State != core.ApprovalGranted || len(standing.Approvals) != 2 {
		t.Fatalf("standing: %+v %v %v", standing, ok, err)
	}
	if got := strings.Join(tw.Events(0), " "); got != "approval.ask approval.answer approval.answer" {
		t.Errorf("events: %s", got)
	}
	notices, _ := tw.Notices(t.Context(), tw.maker.ID)
	if len(notices) != 1 || notices[0].Title != "Approved: Change 2 of payroll" {
		t.Errorf("the maker was told %+v", notices)
	}
}

// Promise 5: whoever asked, committed or was excluded never answers, whatever
// their roles; so does nobody without the role, and nobody twice.
func TestFourEyes(t *testing.T) {
	tw := newTown(t)
	all := tw.Somebody("all@example.org", core.Roles...)
	committer := tw.Somebody("committer@example.org", core.RoleSecurity)
	off := tw.Somebody("off@example.org", core.RoleSecurity)
	tw.SetDisabled(off, true)
	q := tw.question("sha256:1", core.RoleSecurity, core.RoleDataOwner)
	q.Requester, q.Excluded = all.ID, []core.ID{committer.ID, ""}
	r := tw.ask(t, q)
	for _, c := range []struct {
		who  core.Person
		code core.Code
		says string
	}{
		{all, core.Forbidden, "You asked for this"},
		{committer, core.Forbidden, "You worked on this"},
		{off, core.Forbidden, "switched off"},
		{tw.maker, core.Forbidden, "may not answer"},
		{tw.plat, core.Forbidden, "waits for the role"},
		{core.Person{ID: "gone"}, core.NotFound, "no person"},
	} {
		_, err := tw.answer(c.who, r, true)
		if core.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s %q", c.who.Email, err, c.code, c.says)
		}
	}
	if _, err := tw.answer(tw.both, r, true); err != nil {
		t.Fatal(err)
	}
	if _, err := tw.answer(tw.both, r, true); core.CodeOf(err) != core.Conflict {
		t.Errorf("one person answered for two roles: %v", err)
	}
}

// A person who lost the role after the page was loaded is refused: the store's
// word counts, not the door's.
func TestRolesAreReadAtTheAnswer(t *testing.T) {
	tw := newTown(t)
	r := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	demoted := tw.sec
	demoted.Given = []core.Role{core.RoleMaker}
	tw.Must(tw.Quietly(t.Context(), func(ctx context.Context) error { return tw.UpdatePerson(ctx, demoted) }))
	if _, err := tw.answer(tw.sec, r, true); core.CodeOf(err) != core.Forbidden {
		t.Errorf("answered with a role of yesterday: %v", err)
	}
}

func TestAnswerIsBoundToTheDigest(t *testing.T) {
	tw := newTown(t)
	r := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	_, err := tw.Answer(t.Context(), as(tw.sec), r.ID, "sha256:2", true, "")
	if core.CodeOf(err) != core.Conflict {
		t.Errorf("a yes to another digest: %v", err)
	}
	if _, ok, _ := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:2"); ok {
		t.Error("something stands for a digest that nobody asked about")
	}
}

// Promise 6: time ends requests and grants at every use, with no job running.
func TestExpiryIsReadAtEveryUse(t *testing.T) {
	tw := newTown(t)
	granted := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	_, err := tw.answer(tw.sec, granted, true)
	tw.Must(err)
	pending := tw.ask(t, tw.question("sha256:2", core.RoleSecurity))
	tw.Clock.Move(approval.Valid - time.Microsecond)
	if r, _, _ := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:1"); r.State != core.ApprovalGranted {
		t.Fatalf("before its end: %s", r.State)
	}
	tw.Clock.Move(time.Microsecond)
	if r, _, _ := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:1"); r.State != core.ApprovalExpired {
		t.Errorf("a grant outlived its end: %s", r.State)
	}
	if _, err := tw.answer(tw.sec, pending, true); core.CodeOf(err) != core.Conflict {
		t.Errorf("an answer after the end: %v", err)
	}
	again := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	if again.ID == granted.ID || again.State != core.ApprovalPending {
		t.Errorf("asking again gave %s %s", again.ID, again.State)
	}
}

func TestAskIsIdempotentAndTellsOnce(t *testing.T) {
	tw := newTown(t)
	q := tw.question("sha256:1", core.RoleSecurity)
	first := tw.ask(t, q)
	before := len(tw.Events(0))
	if again := tw.ask(t, q); again.ID != first.ID {
		t.Errorf("asked twice: %s and %s", first.ID, again.ID)
	}
	if n := len(tw.Events(0)); n != before {
		t.Errorf("asking again wrote %d events", n-before)
	}
	for who, want := range map[core.ID]int{tw.sec.ID: 1, tw.both.ID: 1, tw.owner.ID: 0, tw.plat.ID: 0, tw.maker.ID: 0} {
		if n, _ := tw.Unread(t.Context(), who); n != want {
			t.Errorf("%s has %d messages, want %d", who, n, want)
		}
	}
}

// A grant for fewer needs is not a grant for more, and a newly excluded person's
// yes does not count on.
func TestMoreNeedsReplaceTheRequest(t *testing.T) {
	tw := newTown(t)
	r := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	_, err := tw.answer(tw.sec, r, true)
	tw.Must(err)
	more := tw.ask(t, tw.question("sha256:1", core.RoleSecurity, core.RoleDataOwner))
	if more.ID == r.ID || more.State != core.ApprovalPending {
		t.Fatalf("the old grant covers a new need: %s", more.State)
	}
	if old, _ := tw.Approvals.Request(t.Context(), r.ID); old.State != core.ApprovalVoided {
		t.Errorf("the old grant is %s", old.State)
	}
	q := tw.question("sha256:1", core.RoleSecurity, core.RoleDataOwner)
	q.Excluded = []core.ID{tw.sec.ID}
	if again := tw.ask(t, q); again.ID == more.ID {
		t.Error("an excluded person's request stands")
	}
}

func TestNoStands(t *testing.T) {
	tw := newTown(t)
	q := tw.question("sha256:1", core.RoleSecurity)
	r := tw.ask(t, q)
	if _, err := tw.Answer(t.Context(), as(tw.sec), r.ID, r.Digest, false, " "); core.AsError(err).Field != "note" {
		t.Errorf("a no without a reason: %v", err)
	}
	r, err := tw.answer(tw.sec, r, false)
	if err != nil || r.State != core.ApprovalRefused {
		t.Fatalf("after a no: %s, %v", r.State, err)
	}
	if again := tw.ask(t, q); again.ID != r.ID || again.State != core.ApprovalRefused {
		t.Errorf("asking again got round the no: %s", again.State)
	}
	if _, err := tw.answer(tw.both, r, true); core.CodeOf(err) != core.Conflict {
		t.Errorf("a yes after the no: %v", err)
	}
}

func TestVoidEndsAllButOneDigest(t *testing.T) {
	tw := newTown(t)
	old := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	_, err := tw.answer(tw.sec, old, true)
	tw.Must(err)
	kept := tw.ask(t, tw.question("sha256:2", core.RoleSecurity))
	deploy := tw.question("sha256:1", core.RoleSecurity)
	deploy.Gate = core.GateAppDeploy
	other := tw.ask(t, deploy)
	tw.Must(tw.Void(t.Context(), as(tw.maker), tw.app.ID, core.GateChangeMerge, "sha256:2"))
	for id, want := range map[core.ID]core.ApprovalState{old.ID: core.ApprovalVoided, kept.ID: core.ApprovalPending, other.ID: core.ApprovalPending} {
		if r, _ := tw.Approvals.Request(t.Context(), id); r.State != want {
			t.Errorf("%s %s: %s, want %s", r.Gate, r.Digest, r.State, want)
		}
	}
	if _, err := tw.answer(tw.both, old, true); core.CodeOf(err) != core.Conflict {
		t.Errorf("an answer to a void request: %v", err)
	}
	back := tw.ask(t, tw.question("sha256:1", core.RoleSecurity)) // the old commit is pushed again
	if back.ID == old.ID || back.State != core.ApprovalPending {
		t.Errorf("a void grant came back: %s", back.State)
	}
}

// Promise 5: a need that nobody can meet fails closed and escalates.
func TestUnmetNeedEscalates(t *testing.T) {
	for name, c := range map[string]struct {
		needs    []core.Role
		excluded func(*town) []core.ID
		unmet    string
	}{
		"nobody holds it":        {[]core.Role{core.RolePrivacy}, nil, "privacy"},
		"unknown role":           {[]core.Role{"boss"}, nil, "boss"},
		"makers never answer":    {[]core.Role{core.RoleMaker}, nil, "maker"},
		"holders are excluded":   {[]core.Role{core.RoleSecurity}, func(tw *town) []core.ID { return []core.ID{tw.sec.ID, tw.both.ID} }, "security"},
		"one person, two needs":  {[]core.Role{core.RoleSecurity, core.RoleDataOwner}, func(tw *town) []core.ID { return []core.ID{tw.sec.ID, tw.owner.ID} }, "data-owner"},
		"enough if shared right": {[]core.Role{core.RoleDataOwner, core.RoleSecurity}, func(tw *town) []core.ID { return []core.ID{tw.sec.ID} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tw := newTown(t)
			q := tw.question("sha256:1", c.needs...)
			if c.excluded != nil {
				q.Excluded = c.excluded(tw)
			}
			r := tw.ask(t, q)
			if r.State != core.ApprovalPending {
				t.Errorf("state %s", r.State)
			}
			tickets, _ := tw.Tickets(t.Context(), tw.app.ID)
			told, _ := tw.Notices(t.Context(), tw.plat.ID)
			if c.unmet == "" {
				if len(tickets) != 0 || len(told) != 0 {
					t.Errorf("escalated for nothing: %+v", tickets)
				}
				return
			}
			if len(tickets) != 1 || !strings.Contains(tickets[0].Body, "role "+c.unmet+".") || len(told) != 1 {
				t.Errorf("tickets %+v, told %+v", tickets, told)
			}
		})
	}
}

// Somebody with two roles answers for the one that leaves the rest answerable.
func TestAnswerLeavesTheRestAnswerable(t *testing.T) {
	tw := newTown(t)
	q := tw.question("sha256:1", core.RoleSecurity, core.RoleDataOwner)
	q.Excluded = []core.ID{tw.owner.ID}
	r := tw.ask(t, q)
	r, err := tw.answer(tw.both, r, true)
	tw.Must(err)
	if r.Approvals[0].Role != core.RoleDataOwner {
		t.Errorf("answered for %s, which leaves nobody for data-owner", r.Approvals[0].Role)
	}
	if r, err = tw.answer(tw.sec, r, true); err != nil || r.State != core.ApprovalGranted {
		t.Errorf("stuck: %s %v", r.State, err)
	}
}

func TestAskRefusesWhatCannotBeAnswered(t *testing.T) {
	tw := newTown(t)
	for name, break_ := range map[string]func(*core.ApprovalRequest){
		"no digest":    func(q *core.ApprovalRequest) { q.Digest = "" },
		"no needs":     func(q *core.ApprovalRequest) { q.Needs = nil },
		"empty role":   func(q *core.ApprovalRequest) { q.Needs[0].Role = "" },
		"no requester": func(q *core.ApprovalRequest) { q.Requester = "" },
		"no subject":   func(q *core.ApprovalRequest) { q.Subject = "" },
		"unknown gate": func(q *core.ApprovalRequest) { q.Gate = "app.paint" },
	} {
		q := tw.question("sha256:1", core.RoleSecurity)
		break_(&q)
		if _, err := tw.Ask(t.Context(), as(tw.maker), q); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	q := tw.question("sha256:1", core.RoleSecurity, core.RoleSecurity)
	q.Needs[1].Reason = "It calls a vendor."
	if r := tw.ask(t, q); len(r.Needs) != 1 || r.Needs[0].Reason != "It holds restricted data. It calls a vendor." {
		t.Errorf("needs for one role: %+v", r.Needs)
	}
}

// Paddock itself may ask, as it does before it archives an app.
func TestSystemAsks(t *testing.T) {
	tw := newTown(t)
	q := tw.question("sha256:1", core.RoleSecurity)
	q.Requester = ""
	r, err := tw.Ask(t.Context(), core.System("retire"), q)
	tw.Must(err)
	if r, err = tw.answer(tw.sec, r, true); err != nil || r.State != core.ApprovalGranted {
		t.Errorf("%s, %v", r.State, err)
	}
}

// A grant whose record does not bear it out opens nothing.
func TestDamagedGrantIsNoGrant(t *testing.T) {
	tw := newTown(t)
	r := tw.ask(t, tw.question("sha256:1", core.RoleSecurity))
	tw.Must(tw.Quietly(t.Context(), func(ctx context.Context) error {
		return tw.MoveRequest(ctx, r.ID, core.ApprovalPending, core.ApprovalGranted)
	}))
	if r, _, _ := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:1"); r.State != core.ApprovalPending {
		t.Errorf("a grant without answers is %s", r.State)
	}
}

// A yes of somebody who was switched off since counts no more: while it waits, and
// after it was granted.
func TestAnswersOfLeaversDoNotCount(t *testing.T) {
	tw := newTown(t)
	r := tw.ask(t, tw.question("sha256:1", core.RoleSecurity, core.RoleDataOwner))
	_, err := tw.answer(tw.sec, r, true)
	tw.Must(err)
	tw.SetDisabled(tw.sec, true)
	r, err = tw.answer(tw.owner, r, true)
	if err != nil || r.State != core.ApprovalPending {
		t.Fatalf("granted by one who is here and one who left: %s, %v", r.State, err)
	}
	r, err = tw.answer(tw.both, r, true)
	if err != nil || r.State != core.ApprovalGranted {
		t.Fatalf("with another in the place of who left: %s, %v", r.State, err)
	}
	tw.SetDisabled(tw.owner, true)
	if now, _, err := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:1"); err != nil || now.State != core.ApprovalPending {
		t.Errorf("one of them left afterwards: %s, %v", now.State, err)
	}
	tw.SetDisabled(tw.owner, false)
	if now, _, err := tw.Standing(t.Context(), core.GateChangeMerge, tw.app.ID, "sha256:1"); err != nil || now.State != core.ApprovalGranted {
		t.Errorf("and came back: %s, %v", now.State, err)
	}
}

// WFL-1, at every gate: a yes is to one digest. A later push makes another, which
// nobody has said yes to; the old yes is void, and no answer moves from one to the
// other.
func TestLaterPushAtEveryGate(t *testing.T) {
	tw := newTown(t)
	for _, gate := range core.Gates {
		q := tw.question("sha256:old-"+string(gate), core.RoleSecurity)
		q.Gate = gate
		old, err := tw.answer(tw.sec, tw.ask(t, q), true)
		tw.Must(err)
		pushed := q
		pushed.Digest = "sha256:new-" + string(gate)
		if r, ok, err := tw.Standing(t.Context(), gate, tw.app.ID, pushed.Digest); ok || err != nil {
			t.Errorf("%s: what was pushed has the yes of what it replaced: %+v %v", gate, r, err)
		}
		next := tw.ask(t, pushed)
		if next.ID == old.ID || next.State != core.ApprovalPending || len(next.Approvals) != 0 {
			t.Errorf("%s: the new request begins as %+v", gate, next)
		}
		if _, err := tw.Answer(t.Context(), as(tw.both), next.ID, old.Digest, true, ""); err == nil {
			t.Errorf("%s: a yes to the old digest was taken for the new one", gate)
		}
		tw.Must(tw.Void(t.Context(), as(tw.maker), tw.app.ID, gate, pushed.Digest))
		if r, ok, _ := tw.Standing(t.Context(), gate, tw.app.ID, old.Digest); ok && r.State == core.ApprovalGranted {
			t.Errorf("%s: the old yes still lets the old digest pass", gate)
		}
		if r, err := tw.Approvals.Request(t.Context(), old.ID); err != nil || r.State != core.ApprovalVoided {
			t.Errorf("%s: the old request is %s, %v", gate, r.State, err)
		}
		if r, err := tw.answer(tw.both, next, true); err != nil || r.State != core.ApprovalGranted {
			t.Errorf("%s: the new request: %s %v", gate, r.State, err)
		}
	}
}
