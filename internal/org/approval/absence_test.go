package approval_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

func (tw *town) away(from, to core.Person, d time.Duration) core.Delegation {
	x, err := tw.SetAbsence(context.Background(), as(from), core.Delegation{Person: from.ID, Delegate: to.ID, Until: core.Stamp(tw.Clock.Now().Add(d)), Reason: "Holiday"})
	tw.Must(err)
	return x
}

func (tw *town) unread(p core.Person) int {
	n, err := tw.Unread(context.Background(), p.ID)
	tw.Must(err)
	return n
}

// Promise 10: requests go to the delegate, and not to who is away.
func TestDelegateIsAskedInsteadOfTheAbsent(t *testing.T) {
	tw := newTown(t)
	tw.away(tw.sec, tw.plat, 48*time.Hour)
	before := tw.unread(tw.plat) // told that they answer for sec
	q := tw.question("sha256:1", core.RoleSecurity)
	q.Needs[0].DelegateRole, q.Excluded = core.RolePlatform, []core.ID{tw.both.ID}
	r := tw.ask(t, q)
	if got := tw.unread(tw.plat) - before; got != 1 || tw.unread(tw.sec) != 0 {
		t.Errorf("the delegate got %d messages, the absent %d", got, tw.unread(tw.sec))
	}
	r, err := tw.answer(tw.plat, r, true)
	if err != nil || r.State != core.ApprovalGranted || r.Approvals[0].For != tw.sec.ID || r.Approvals[0].Basis != core.ByDelegation {
		t.Errorf("by the delegate: %+v, %v", r, err)
	}
}

// An absent approver without a delegate leaves a need unmet, which escalates.
func TestAbsentWithoutDelegateEscalates(t *testing.T) {
	tw := newTown(t)
	tw.away(tw.sec, core.Person{}, 48*time.Hour)
	q := tw.question("sha256:1", core.RoleSecurity)
	q.Excluded = []core.ID{tw.both.ID}
	tw.ask(t, q)
	if tickets, _ := tw.Tickets(t.Context(), tw.app.ID); len(tickets) != 1 || tw.unread(tw.plat) != 1 {
		t.Errorf("tickets %+v, platform told %d", tickets, tw.unread(tw.plat))
	}
}

func TestAbsencesThatCannotBe(t *testing.T) {
	tw := newTown(t)
	now := tw.Clock.Now()
	tw.away(tw.sec, tw.plat, 48*time.Hour)
	for name, c := range map[string]struct {
		d    core.Delegation
		code core.Code
	}{
		"over before it begins": {core.Delegation{Person: tw.owner.ID, Until: core.Stamp(now), Reason: "x"}, core.Invalid},
		"longer than a year":    {core.Delegation{Person: tw.owner.ID, Until: core.Stamp(now.AddDate(2, 0, 0)), Reason: "x"}, core.Invalid},
		"no reason":             {core.Delegation{Person: tw.owner.ID, Until: core.Stamp(now.Add(time.Hour))}, core.Invalid},
		"one's own delegate":    {core.Delegation{Person: tw.owner.ID, Delegate: tw.owner.ID, Until: core.Stamp(now.Add(time.Hour)), Reason: "x"}, core.Invalid},
		"a delegate not there":  {core.Delegation{Person: tw.owner.ID, Delegate: "nobody", Until: core.Stamp(now.Add(time.Hour)), Reason: "x"}, core.Invalid},
		"twice at a time":       {core.Delegation{Person: tw.sec.ID, Until: core.Stamp(now.Add(time.Hour)), Reason: "x"}, core.Conflict},
	} {
		if _, err := tw.SetAbsence(t.Context(), core.Actor{Kind: core.ActorPerson, ID: c.d.Person}, c.d); core.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Promise 6: that others may answer follows from the time; a job only tells them, once.
func TestOverdueEscalates(t *testing.T) {
	tw := newTown(t)
	q := tw.question("sha256:1", core.RoleSecurity)
	q.Needs[0].WithinHours, q.Needs[0].EscalateTo = 4, "platform"
	r := tw.ask(t, q)
	if _, err := tw.answer(tw.plat, r, true); core.CodeOf(err) != core.Forbidden {
		t.Errorf("before it is overdue: %v", err)
	}
	tw.Clock.Move(4 * time.Hour)
	for range 2 {
		tw.Must(tw.Remind(t.Context()))
	}
	if n := tw.unread(tw.plat); n != 1 {
		t.Errorf("told %d times", n)
	}
	if got := strings.Join(tw.Events(0), " "); got != "approval.ask approval.overdue" {
		t.Errorf("events: %s", got)
	}
	r, err := tw.answer(tw.plat, r, true)
	if err != nil || r.State != core.ApprovalGranted || r.Approvals[0].Basis != core.ByEscalation {
		t.Errorf("once it is overdue: %+v, %v", r, err)
	}
}

func TestFreshSignInMeetsAStepUp(t *testing.T) {
	tw := newTown(t)
	at := tw.Clock.Now()
	tw.SignedIn = func(context.Context) (int64, bool) { return core.Stamp(at), true }
	q := tw.question("sha256:1", core.RoleSecurity)
	q.Needs[0].StepUp = true
	r := tw.ask(t, q)
	tw.Clock.Move(approval.Fresh + time.Second)
	if _, err := tw.answer(tw.sec, r, true); core.AsError(err).Field != "step_up" {
		t.Errorf("a sign-in of a while ago: %v", err)
	}
	at = tw.Clock.Now()
	r, err := tw.answer(tw.sec, r, true)
	if err != nil || r.State != core.ApprovalGranted || r.Approvals[0].AuthTime != core.Stamp(at) {
		t.Errorf("a fresh one: %+v, %v", r, err)
	}
}

// explain says in plain words why these people, and why not others.
func TestExplain(t *testing.T) {
	tw := newTown(t)
	twin := tw.Somebody("maker+admin@example.org", core.RoleSecurity)
	tw.away(tw.sec, tw.plat, 48*time.Hour)
	q := tw.question("sha256:1", core.RoleSecurity)
	q.Needs[0].DelegateRole = core.RolePlatform
	m, err := tw.Matter(t.Context(), tw.ask(t, q))
	tw.Must(err)
	e := m.Explain()
	said := map[core.ID]string{}
	for _, p := range append(e.Needs[0].May, e.Kept...) {
		said[p.Person] = p.Why
	}
	for who, want := range map[core.ID]string{
		tw.both.ID:  "holds the role security",
		tw.sec.ID:   "holds the role security; away until 4 March 2026, so not told",
		tw.plat.ID:  "is the delegate of sec@example.org, who is away, and holds the role platform",
		tw.maker.ID: "asked for this",
	} {
		if said[who] != want {
			t.Errorf("said %q, want %q", said[who], want)
		}
	}
	if why := said[twin.ID]; !strings.HasPrefix(why, "counts as the same human as maker@example.org") {
		t.Errorf("of the second account: %q", why)
	}
	if why := m.WhyYou(tw.plat); why != "You are asked because you are the delegate of sec@example.org, who is away, and hold the role platform." {
		t.Errorf("why you: %q", why)
	}
}
