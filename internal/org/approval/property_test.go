package approval_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

// yes is one accepted yes, as the test saw it being given.
type yes struct {
	who   core.Person // with the roles held then
	role  core.Role
	wrote string // the digest that was sent
}

// history is what the test knows of one request, from outside.
type history struct {
	asked    core.ApprovalRequest
	excluded []core.ID
	yeses    []yes
}

// TestRandomInterleavings asks, answers, pushes, changes roles and moves the
// clock at random, and holds every grant against what the test saw (promises 5
// and 6): never by somebody who asked or is excluded, never with a need open,
// never after the end, never for another digest.
func TestRandomInterleavings(t *testing.T) {
	granted, refused := 0, 0
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := &world{town: newTown(t), rnd: rand.New(rand.NewPCG(seed, 1)), seen: map[core.ID]*history{}}
			w.people = []core.Person{w.maker, w.sec, w.owner, w.both, w.plat, w.Somebody("fin@example.org", core.RoleFinance, core.RoleSecurity)}
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
	granted, refused int
}

var (
	digests = []string{"sha256:a", "sha256:b"}
	asked   = []core.Role{core.RoleSecurity, core.RoleDataOwner, core.RoleFinance}
)

func (w *world) step(t *testing.T) {
	switch n := w.rnd.IntN(20); {
	case n < 5:
		w.askSomething(t)
	case n < 16:
		w.answerSomething(t)
	case n == 16:
		w.Must(w.Void(t.Context(), as(w.maker), w.app.ID, core.GateChangeMerge, pickOne(w.rnd, digests)))
	case n == 17:
		w.Clock.Move(time.Duration(w.rnd.Int64N(int64(approval.Valid))))
	default:
		w.changeRoles(t)
	}
}

func (w *world) askSomething(t *testing.T) {
	q := w.question(pickOne(w.rnd, digests), asked[:1+w.rnd.IntN(len(asked))]...)
	q.Requester = pickOne(w.rnd, w.people).ID
	if w.rnd.IntN(3) == 0 {
		q.Excluded = []core.ID{pickOne(w.rnd, w.people).ID}
	}
	r := w.ask(t, q)
	if w.seen[r.ID] == nil {
		w.seen[r.ID] = &history{asked: r, excluded: append([]core.ID{q.Requester}, q.Excluded...)}
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
	r, err := w.Answer(t.Context(), as(who), id, digest, w.rnd.IntN(12) > 0, "because")
	if err != nil {
		w.refused++
		return
	}
	if core.Stamp(w.Clock.Now()) >= h.asked.Expires {
		t.Errorf("an answer was taken after the end")
	}
	last := r.Approvals[len(r.Approvals)-1]
	if last.Yes {
		h.yeses = append(h.yeses, yes{who, last.Role, digest})
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
		for _, n := range h.asked.Needs {
			if !slices.ContainsFunc(h.yeses, func(y yes) bool {
				return y.role == n.Role && y.wrote == d && y.who.Has(n.Role) && !y.who.Disabled && !slices.Contains(h.excluded, y.who.ID)
			}) {
				t.Fatalf("granted, but nobody who may has said yes for %s to %s: %+v", n.Role, d, h)
			}
		}
		for i, y := range h.yeses {
			for _, z := range h.yeses[:i] {
				if y.who.ID == z.who.ID {
					t.Fatalf("one person stands for two needs: %+v", h)
				}
			}
		}
	}
}

func pickOne[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
