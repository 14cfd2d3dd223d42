package approval_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

// yes is one accepted yes, as the test saw it being given.
type yes struct {
	who   core.Person // with the roles held then
	role  core.Role
	wrote string  // the digest that was sent
	of    core.ID // whom they answered for
	at    int64
}

// history is what the test knows of one request, from outside.
type history struct {
	asked    core.ApprovalRequest
	excluded []core.ID
	yeses    []yes
}

// away is one absence, as the test set it up.
type away struct{ core.Delegation }

// TestRandomInterleavings asks, answers, pushes, changes roles, links accounts,
// names delegates, changes groups and moves the clock at random, and holds every grant against
// what the test saw (promises 5 and 6): never by a human who asked or is excluded,
// whatever the account, nor by their delegate or whom they represent, never one
// human twice, never with a need open, never after the end, never for another digest.
func TestRandomInterleavings(t *testing.T) {
	granted, refused := 0, 0
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &world{town: newTown(t), rnd: rand.New(rand.NewPCG(seed, 1)), seen: map[core.ID]*history{}}
			w.people = []core.Person{w.maker, w.sec, w.owner, w.both, w.plat, w.Somebody("fin@example.org", core.RoleFinance, core.RoleSecurity)}
			for i := range 6 {
				w.people = append(w.people, w.Somebody(fmt.Sprintf("p%d@example.org", i), asked[i%len(asked)]))
			}
			w.human = map[core.ID]core.ID{}
			for _, p := range w.people {
				w.human[p.ID] = p.ID
			}
			w.Members = func(context.Context, string, string) ([]core.ID, error) { return w.group, nil }
			for range 80 {
				w.step(t)
				w.check(t)
			}
			granted, refused = granted+w.granted, refused+w.refused
		})
	}
	if granted == 0 || refused == 0 {
		t.Errorf("the runs prove little: %d grants looked at, %d answers refused", granted, refused)
	}
}

type world struct {
	*town
	rnd              *rand.Rand
	people           []core.Person
	seen             map[core.ID]*history
	order            []core.ID
	human            map[core.ID]core.ID // account -> the test's name for the human
	aways            []away
	group            []core.ID
	granted, refused int
}

var (
	digests = []string{"sha256:a", "sha256:b"}
	asked   = []core.Role{core.RoleSecurity, core.RoleDataOwner, core.RoleFinance, "group:okta/ops"}
)

func (w *world) step(t *testing.T) {
	switch n := w.rnd.IntN(26); {
	case n == 20:
		w.linkSome(t)
	case n == 21 || n == 22:
		w.goAway(t)
	case n == 23:
		w.comeBack(t)
	case n == 24:
		w.group = []core.ID{pickOne(w.rnd, w.people).ID, pickOne(w.rnd, w.people).ID}
	case n < 2:
		w.askSomething(t)
	case n < 16:
		w.answerSomething(t)
	case n == 16:
		w.Must(w.Void(t.Context(), as(w.maker), w.app.ID, core.GateChangeMerge, pickOne(w.rnd, digests)))
	case n == 17:
		w.Clock.Move(time.Duration(w.rnd.Int64N(int64(approval.Valid / 8))))
	default:
		w.changeRoles(t)
	}
}

func (w *world) askSomething(t *testing.T) {
	q := w.question(pickOne(w.rnd, digests), asked[:1+w.rnd.IntN(len(asked))*w.rnd.IntN(2)]...)
	q.Requester = pickOne(w.rnd, w.people).ID
	excluded := []core.ID{q.Requester}
	if w.rnd.IntN(3) == 0 {
		q.Excluded = []core.ID{pickOne(w.rnd, w.people).ID}
		excluded = append(excluded, q.Excluded...)
	}
	if w.rnd.IntN(3) == 0 { // a committer, as git names them
		who := pickOne(w.rnd, w.people)
		q.Authors = []string{"X <" + strings.ToUpper(who.Email) + ">"}
		excluded = append(excluded, who.ID)
	}
	for i := range q.Needs {
		q.Needs[i].Quorum = w.rnd.IntN(3)
		if w.rnd.IntN(2) == 0 {
			q.Needs[i].DelegateRole = core.RolePlatform
		}
		if w.rnd.IntN(3) == 0 {
			q.Needs[i].WithinHours, q.Needs[i].EscalateTo = 1, "platform"
		}
	}
	r := w.ask(t, q)
	if w.seen[r.ID] == nil {
		w.seen[r.ID] = &history{asked: r, excluded: excluded}
		w.order = append(w.order, r.ID)
	}
	for _, n := range q.Needs {
		if r.State == core.ApprovalGranted && !approval.Covers(r, []core.Need{n}) {
			t.Errorf("Ask answered granted without the need %s", n.Role)
		}
	}
}

func (w *world) answerSomething(t *testing.T) {
	if len(w.order) == 0 {
		return
	}
	id := w.order[max(0, len(w.order)-1-w.rnd.IntN(3))]
	h, who, digest := w.seen[id], pickOne(w.rnd, w.people), pickOne(w.rnd, digests)
	if w.rnd.IntN(4) > 0 {
		digest = h.asked.Digest
	}
	if w.rnd.IntN(2) == 0 { // somebody close to whoever is kept out, if there is one
		for _, p := range w.people {
			if !slices.Contains(h.excluded, p.ID) && w.shut(h, w.human[p.ID], core.Stamp(w.Clock.Now())) {
				who = p
				break
			}
		}
	}
	r, err := w.Answer(t.Context(), as(who), id, digest, w.rnd.IntN(30) > 0, "because")
	if err != nil {
		w.refused++
		return
	}
	if core.Stamp(w.Clock.Now()) >= h.asked.Expires {
		t.Errorf("an answer was taken after the end")
	}
	last := r.Approvals[len(r.Approvals)-1]
	if last.Yes {
		h.yeses = append(h.yeses, yes{who, last.Role, digest, last.For, last.At})
	}
}

func (w *world) changeRoles(t *testing.T) {
	i := w.rnd.IntN(len(w.people))
	w.people[i].Given = []core.Role{pickOne(w.rnd, core.Roles), pickOne(w.rnd, asked)}
	w.people[i].Roles = w.people[i].Given
	w.people[i].Disabled = w.rnd.IntN(4) == 0
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error { return w.UpdatePerson(ctx, w.people[i]) }))
}

// check holds every grant that stands against what the test saw.
func (w *world) check(t *testing.T) {
	t.Helper()
	for _, d := range digests {
		r, ok, err := w.Standing(t.Context(), core.GateChangeMerge, w.app.ID, d)
		w.Must(err)
		if !ok || r.State != core.ApprovalGranted {
			continue
		}
		w.granted++
		h := w.seen[r.ID]
		if core.Stamp(w.Clock.Now()) >= h.asked.Expires {
			t.Fatalf("granted after its end")
		}
		var slots []core.Role
		for _, n := range h.asked.Needs {
			for range n.Count() {
				slots = append(slots, n.Role)
			}
		}
		if !w.fill(h, d, slots, map[core.ID]bool{}) {
			t.Fatalf("granted, but there are not enough humans who may have said yes to %s: %+v", d, h)
		}
	}
}

// fill reports whether each slot can be given a yes of a human of its own.
func (w *world) fill(h *history, digest string, slots []core.Role, used map[core.ID]bool) bool {
	if len(slots) == 0 {
		return true
	}
	for _, y := range h.yeses {
		me, of := w.human[y.who.ID], w.human[y.of]
		if y.role != slots[0] || y.wrote != digest || used[me] || w.shut(h, me, y.at) || y.of != "" && (used[of] || w.shut(h, of, y.at)) {
			continue
		}
		used[me] = true
		if y.of != "" {
			used[of] = true
		}
		if w.fill(h, digest, slots[1:], used) {
			return true
		}
		delete(used, me)
		delete(used, of)
	}
	return false
}

// shut reports whether the test knows that a human is kept out.
func (w *world) shut(h *history, human core.ID, at int64) bool {
	for _, x := range h.excluded {
		x = w.human[x]
		if x == human {
			return true
		}
		for _, a := range w.aways {
			from, until := a.From, a.Until
			if a.Ended != 0 {
				until = min(until, a.Ended)
			}
			if from < until && from <= at && h.asked.Created < until && (w.human[a.Person] == x && w.human[a.Delegate] == human || w.human[a.Delegate] == x && w.human[a.Person] == human) {
				return true
			}
		}
	}
	return false
}

func (w *world) linkSome(t *testing.T) {
	a, b := pickOne(w.rnd, w.people), pickOne(w.rnd, w.people)
	if len(w.order) > 0 { // those who have just answered
		if y := w.seen[w.order[max(0, len(w.order)-1-w.rnd.IntN(3))]].yeses; len(y) > 1 {
			a, b = y[0].who, y[1].who
		} else if w.rnd.IntN(3) > 0 {
			return // or soon there is one human left
		}
	}
	if w.SameHuman(t.Context(), as(w.plat), a.ID, b.ID, true, "seen together") != nil {
		return
	}
	from, to := w.human[b.ID], w.human[a.ID]
	for id, h := range w.human {
		if h == from {
			w.human[id] = to
		}
	}
}

func (w *world) goAway(t *testing.T) {
	from := w.Clock.Now().Add(time.Duration(w.rnd.Int64N(int64(2 * time.Hour))))
	who, to := pickOne(w.rnd, w.people), pickOne(w.rnd, w.people)
	d, err := w.SetAbsence(t.Context(), as(who), core.Delegation{Person: who.ID, Delegate: to.ID, From: core.Stamp(from), Until: core.Stamp(from.Add(20 * time.Hour)), Reason: "away"})
	if err == nil {
		w.aways = append(w.aways, away{Delegation: d})
	}
}

func (w *world) comeBack(t *testing.T) {
	if len(w.aways) == 0 {
		return
	}
	a := &w.aways[len(w.aways)-1]
	if w.EndAbsence(t.Context(), core.Actor{Kind: core.ActorPerson, ID: a.Person}, a.ID) == nil {
		a.Ended = core.Stamp(w.Clock.Now())
	}
}

func pickOne[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
