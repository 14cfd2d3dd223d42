package access_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/access"
)

var (
	runs  = flag.Int("interleavings", 10_000, "how many random interleavings are tried")
	first = flag.Uint64("seed", 0, "seed of the first")
)

// play is one random interleaving.
type play struct {
	t       *testing.T
	seed    uint64
	rnd     *rand.Rand
	memory  *memory
	now     time.Time // of the shared clock
	servers []*access.Service
	people  []core.Person
	apps    []core.App
	beliefs map[core.ID]*belief
	order   []core.ID
	broken  int // writes until the next one fails; 0 for never
	tally   *tally
	read    int // events that were looked at, and those of them that name a grant
	bound   int
	verbose bool
	log     []string
}

// tally counts what the runs have tried, so that they cannot prove nothing.
type tally struct{ uses, refusals, stolen, kept, overlaps, faults, ends, pending int }

var errFault = errors.New("the disk is full")

func newPlay(t *testing.T, seed uint64, tl *tally) *play {
	p := &play{t: t, seed: seed, rnd: rand.New(rand.NewPCG(seed, 55)), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), beliefs: map[core.ID]*belief{}, tally: tl,
		people: []core.Person{{ID: "ada", Email: "ada@example.org"}, {ID: "bob", Email: "bob@example.org"}},
		apps:   []core.App{{ID: "payroll", Name: "payroll", State: core.AppActive, OwnerID: "eve"}, {ID: "tracker", Name: "tracker", State: core.AppActive, OwnerID: "eve"}}}
	p.memory = &memory{grants: map[core.ID]core.Grant{}, answers: map[core.ID]core.ApprovalState{}, digests: map[string]core.ID{}, people: map[core.ID]core.Person{}, apps: map[core.ID]core.App{}, fault: p.fault}
	for _, who := range append(p.people, core.Person{ID: "sec", Email: "sec@example.org", Roles: []core.Role{core.RoleSecurity}}) {
		p.memory.people[who.ID] = who
	}
	for _, a := range p.apps {
		p.memory.apps[a.ID] = a
	}
	for range 3 {
		p.servers = append(p.servers, nil)
	}
	for i := range p.servers {
		p.restart(i)
	}
	return p
}

// restart replaces a server. Its own clock is up to 5 minutes off; what it
// writes must not depend on it.
func (p *play) restart(i int) {
	p.servers[i] = replica(p.memory, p.rnd, func() time.Time { return p.now })
}

func (p *play) fault() error {
	if p.broken > 0 {
		if p.broken--; p.broken == 0 {
			p.tally.faults++
			return errFault
		}
	}
	return nil
}

func (p *play) server() *access.Service { return p.servers[p.rnd.IntN(len(p.servers))] }

func pick[T any](p *play, list []T) T { return list[p.rnd.IntN(len(list))] }

// fail ends the run; played again, it tells its history.
func (p *play) fail(format string, args ...any) {
	p.t.Helper()
	if !p.verbose {
		again := newPlay(p.t, p.seed, &tally{})
		again.verbose = true
		again.run()
	}
	p.t.Fatalf("seed %d: %s\nhistory: %v", p.seed, fmt.Sprintf(format, args...), p.log)
}

func (p *play) note(format string, args ...any) {
	if !p.verbose {
		return
	}
	p.log = append(p.log, p.now.Format("15:04:05 ")+fmt.Sprintf(format, args...))
}

func person(p core.Person) core.Actor {
	return core.Actor{Kind: core.ActorPerson, ID: p.ID, Name: p.Email, Door: "api"}
}

// TestInterleavings plays random requests, answers, ends, extensions, uses,
// restarts, faults of the disk and leaps of time on three servers, with a worker
// that mostly stands still, and holds the service against what an observer knows:
// no use after the end, no grant lost, an overlapping grant never taken away by
// the end of another.
func TestInterleavings(t *testing.T) {
	n := *runs
	if testing.Short() {
		n = min(n, 500)
	}
	var sum tally
	for i := range n {
		newPlay(t, *first+uint64(i), &sum).run()
	}
	if least := n / 10; sum.uses < least || sum.refusals < least || sum.kept < n/100 || sum.stolen < n/100 || sum.faults < least || sum.ends < least || sum.pending < least {
		t.Errorf("the runs prove little: %+v", sum)
	}
	t.Logf("%d interleavings: %+v", n, sum)
}

func (p *play) run() {
	for range 2 + p.rnd.IntN(2) {
		p.ask()
	}
	for range 18 {
		p.step()
		p.look()
	}
}

func (p *play) step() {
	if p.rnd.IntN(12) == 0 {
		p.broken = 1 + p.rnd.IntN(5)
	}
	defer func() { p.broken = 0 }()
	switch n := p.rnd.IntN(20); {
	case n < 4:
		p.ask()
	case n < 7:
		p.answer()
	case n < 8:
		p.withdraw()
	case n < 9:
		p.end()
	case n < 15:
		p.use()
	case n < 17:
		p.leap()
	case n < 18:
		p.restart(p.rnd.IntN(len(p.servers)))
	case n < 19:
		_ = p.server().Sweep(context.Background()) // the worker wakes up for once
	default:
		p.submit()
	}
}

// leap moves the shared clock, at times exactly onto an end.
func (p *play) leap() {
	if len(p.order) > 0 && p.rnd.IntN(3) == 0 {
		b := p.beliefs[pick(p, p.order)]
		for _, edge := range []time.Time{b.ends.Add(-time.Microsecond), b.ends, b.starts, b.lapses} {
			if edge.After(p.now) && p.rnd.IntN(2) == 0 {
				p.now = edge
				return
			}
		}
	}
	p.now = p.now.Add(time.Duration(p.rnd.IntN(15*60)) * time.Second)
}

// ask requests, drafts or extends.
func (p *play) ask() {
	who, b := p.somebody(), &belief{}
	a := access.Ask{App: p.someApp(), Role: pick(p, []core.GrantRole{core.GrantViewer, core.GrantDeployer}), Reason: pick(p, []string{"yes", "yes", "yes", "ask", "ask", "no", "ask, then no"}),
		Length: time.Duration(1+p.rnd.IntN(90)) * time.Minute}
	if p.rnd.IntN(4) == 0 {
		a.Start = p.now.Add(time.Duration(p.rnd.IntN(60)) * time.Minute)
	}
	if len(p.order) > 0 && p.rnd.IntN(3) == 0 {
		old := pick(p, p.order)
		o := p.beliefs[old]
		a.Extends, a.App, a.Role = old, p.memory.apps[o.app], o.role
		who = p.memory.people[o.person]
	}
	*b = belief{person: who.ID, app: a.App.ID, role: a.Role, reason: a.Reason, length: a.Length, wanted: a.Start}
	s, draft := p.server(), p.rnd.IntN(6) == 0
	var g core.Grant
	var err error
	if draft {
		g, err = s.Draft(context.Background(), who, person(who), a)
		b.draft = true
	} else {
		g, err = s.Request(context.Background(), who, person(who), a)
	}
	p.note("%s asks %s %s %s %s (start %v, draft %v): %v", who.ID, a.Role, a.App.ID, a.Length, a.Reason, a.Start, draft, err)
	if a.Extends != "" && err != nil && !errors.Is(err, errFault) && core.CodeOf(err) != core.Denied {
		if st := p.beliefs[a.Extends].state(p.now); st == core.GrantActive || st == core.GrantScheduled {
			p.fail("an extension of a grant that is %s was refused: %v", st, err)
		}
		return
	}
	p.learn(g, b, err)
}

// submit sends a draft off.
func (p *play) submit() {
	for _, id := range p.order {
		if b := p.beliefs[id]; b.state(p.now) == core.GrantDraft {
			who := p.memory.people[b.person]
			g, err := p.server().Submit(context.Background(), who, person(who), id)
			p.note("submit: %v", err)
			if errors.Is(err, errFault) {
				return
			}
			b.draft = false
			p.learn(g, b, err)
			return
		}
	}
}

// somebody and someApp are mostly the same, so that grants overlap.
func (p *play) somebody() core.Person { return p.people[p.rnd.IntN(8)/7] }
func (p *play) someApp() core.App     { return p.apps[p.rnd.IntN(8)/7] }

// learn notes what must have become of a request.
func (p *play) learn(g core.Grant, b *belief, err error) {
	if errors.Is(err, errFault) {
		return // nothing of it was kept
	}
	if p.beliefs[g.ID] == nil {
		p.order = append(p.order, g.ID)
	}
	p.beliefs[g.ID] = b
	if b.draft {
		return
	}
	b.lapses = p.now.Add(2 * time.Hour)
	switch b.reason {
	case "no":
		if core.CodeOf(err) != core.Denied {
			p.fail("what the rules refuse gave %v", err)
		}
		b.final = core.GrantDenied
	case "yes":
		if err != nil {
			p.fail("a request: %v", err)
		}
		b.begin(p.now)
	default:
		if err != nil {
			p.fail("a request that waits: %v", err)
		}
		b.asked, b.request = true, g.RequestID
		p.tally.pending++
	}
}

// answer says yes or no, on any server, also to what is over.
func (p *play) answer() {
	var open []core.ID
	for _, id := range p.order {
		if p.beliefs[id].asked && !p.beliefs[id].answered {
			open = append(open, id)
		}
	}
	if len(open) == 0 {
		return
	}
	b, s, yes := p.beliefs[pick(p, open)], p.server(), p.rnd.IntN(4) > 0
	before := b.state(p.now)
	err := p.memory.InTx(context.Background(), func(ctx context.Context) error { // as door/desk does
		req := core.ApprovalRequest{ID: b.request, Gate: core.GateAccessElevate, State: core.ApprovalRefused}
		if yes {
			req.State = core.ApprovalGranted
		}
		p.memory.answers[b.request] = req.State
		return s.Settle(ctx, person(p.memory.people["sec"]), req)
	})
	p.note("answer %v to a request that is %s: %v", yes, before, err)
	switch {
	case errors.Is(err, errFault):
	case before != core.GrantPending:
		if core.CodeOf(err) != core.Conflict {
			p.fail("an answer to a request that is %s: %v", before, err)
		}
	case err != nil:
		p.fail("an answer: %v", err)
	case !yes || b.reason == "ask, then no":
		b.answered, b.final = true, core.GrantDenied
	default:
		b.answered = true
		b.begin(p.now)
	}
}

func (p *play) withdraw() {
	if len(p.order) == 0 {
		return
	}
	id := pick(p, p.order)
	b := p.beliefs[id]
	before, who := b.state(p.now), p.memory.people[b.person]
	_, err := p.server().Withdraw(context.Background(), who, person(who), id)
	p.note("withdraw what is %s: %v", before, err)
	p.ended(b, before == core.GrantDraft || before == core.GrantPending, core.GrantWithdrawn, err)
}

// end drops or revokes.
func (p *play) end() {
	if len(p.order) == 0 {
		return
	}
	p.endOne(pick(p, p.order))
}

func (p *play) endOne(id core.ID) {
	b := p.beliefs[id]
	before, who := b.state(p.now), p.memory.people[b.person]
	var err error
	if p.rnd.IntN(2) == 0 {
		_, err = p.server().Drop(context.Background(), who, person(who), id)
	} else {
		sec := p.memory.people["sec"]
		_, err = p.server().Revoke(context.Background(), sec, person(sec), id, "The task is done.")
	}
	p.note("end what is %s: %v", before, err)
	p.ended(b, before == core.GrantActive || before == core.GrantScheduled, core.GrantRevoked, err)
}

func (p *play) ended(b *belief, can bool, final core.GrantState, err error) {
	switch {
	case errors.Is(err, errFault):
	case can && err != nil:
		p.fail("ending: %v", err)
	case !can && core.CodeOf(err) != core.Conflict:
		p.fail("ending what cannot be ended: %v", err)
	case can:
		b.final = final
		p.tally.ends++
	}
}

// right counts the grants that give a person a right now, as the observer knows.
func (p *play) right(who, app core.ID, perm authz.Permission) (n int) {
	for _, b := range p.beliefs {
		if b.person == who && b.app == app && (perm == authz.AppRead || b.role == core.GrantDeployer) && b.holds(p.now) {
			n++
		}
	}
	return n
}

// use acts under a grant; at times something happens between finding the grant
// and the act's own transaction.
func (p *play) use() {
	who, app, perm := p.somebody(), p.someApp(), pick(p, []authz.Permission{authz.AppRead, authz.AppDeploy})
	s := p.server()
	held := p.right(who.ID, app.ID, perm)
	g, ok, err := s.Find(context.Background(), who, perm, app.ID, "")
	if err != nil || ok != (held > 0) {
		p.fail("%s may %s on %s: %v, %v; the observer counts %d grants", who.ID, perm, app.ID, ok, err, held)
	}
	if held > 1 {
		p.tally.overlaps++
	}
	if !ok {
		p.tally.refusals++
		return
	}
	if p.rnd.IntN(3) == 0 {
		if p.rnd.IntN(2) == 0 {
			p.leap()
		} else {
			p.endOne(g.ID)
		}
	}
	err = p.act(s, g.ID)
	p.note("%s uses %s: %v", who.ID, g.ID[:8], err)
	switch in := p.beliefs[g.ID].holds(p.now); {
	case errors.Is(err, errFault):
	case in && err != nil:
		p.fail("a use of a grant in force: %v", err)
	case !in && core.CodeOf(err) != core.Forbidden:
		p.fail("a use after the end: %v", err)
	case in:
		p.tally.uses++
	default:
		p.tally.stolen++
		if left := p.right(who.ID, app.ID, perm); left > 0 { // the end of one takes nothing from the other
			p.tally.kept++
			if g, ok, _ := s.Find(context.Background(), who, perm, app.ID, ""); !ok || !p.beliefs[g.ID].holds(p.now) {
				p.fail("%d grants are in force, but none is found", left)
			}
		}
	}
}

// act is what any use case does: a transaction with its event.
func (p *play) act(s *access.Service, grant core.ID) error {
	return p.memory.InTx(context.Background(), func(ctx context.Context) error {
		e, err := s.Bind(ctx, grant, false, core.Event{ID: core.ID(fmt.Sprint("event ", p.read)), Action: "deploy.start"})
		if err != nil {
			return err
		}
		return p.memory.Append(ctx, e)
	})
}

// look holds every grant and every use against the observer's knowledge.
func (p *play) look() {
	if len(p.memory.grants) != len(p.order) {
		p.fail("%d grants are kept, the observer knows %d", len(p.memory.grants), len(p.order))
	}
	for id, b := range p.beliefs {
		g := p.memory.grants[id]
		if got, want := g.State(core.Stamp(p.now)), b.state(p.now); got != want {
			p.fail("a grant is %s, should be %s: %+v", got, want, g)
		}
		if !b.starts.IsZero() && (g.Starts != core.Stamp(b.starts) || g.Expires != core.Stamp(b.ends)) {
			p.fail("a grant is from %d to %d, should be from %v to %v", g.Starts, g.Expires, b.starts, b.ends)
		}
	}
	for ; p.read < len(p.memory.events); p.read++ {
		if p.memory.events[p.read].Data["grant"] != "" {
			p.bound++
		}
	}
	if p.bound != len(p.memory.uses) {
		p.fail("%d events name a grant, %d uses are listed", p.bound, len(p.memory.uses))
	}
}
