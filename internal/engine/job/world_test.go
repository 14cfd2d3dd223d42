package job_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// world is what the steps of a test's saga act on: effects outside of the store,
// each idempotent by name, and the number of times that each was tried.
type world struct {
	*testkit.Ground
	app core.App

	mu      sync.Mutex
	order   []string        // effects, in the order in which they first came about
	there   map[string]bool // effects that are there
	tries   map[string]int
	trouble map[string][]error // what the next tries of a step answer
	keeping map[string][]error // the same for its records
	failed  int                // calls of Kind.Failed
	asked   []core.ID          // sagas whose task was enqueued
}

func newWorld(t *testing.T) *world {
	g := testkit.New(t)
	return &world{Ground: g, app: g.NewApp("payroll", g.Somebody("hana@example.org", core.RoleMaker)), there: map[string]bool{}, tries: map[string]int{},
		trouble: map[string][]error{}, keeping: map[string][]error{}}
}

// Add implements job.Enqueuer: it only remembers.
func (w *world) Add(_ context.Context, _ string, payload any) error {
	w.asked = append(w.asked, payload.(core.ID))
	return nil
}

// kind has three steps: one with an event, one that happens in silence, one with
// records and an event.
func (w *world) kind() job.Kind {
	return job.Kind{Name: "walk", Failed: w.fail, Steps: []job.Step{
		{Name: "one", Do: w.step("one", true)},
		{Name: "two", Do: w.step("two", false)},
		{Name: "three", Do: w.step("three", true), Keep: func(ctx context.Context, s *core.Saga) error {
			if err := w.next(w.keeping, "three"); err != nil {
				return err
			}
			return w.SetBuddy(ctx, w.app.ID, w.app.OwnerID)
		}},
	}}
}

func (w *world) step(name string, says bool) func(context.Context, *core.Saga) (*core.Event, error) {
	return func(_ context.Context, s *core.Saga) (*core.Event, error) {
		w.mu.Lock()
		w.tries[name]++
		w.mu.Unlock()
		if err := w.next(w.trouble, name); err != nil {
			return nil, err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		if !w.there[name] {
			w.there[name], w.order = true, append(w.order, name)
		}
		s.Data = fmt.Appendf(nil, "%q", name)
		if !says {
			return nil, nil
		}
		return &core.Event{Action: "walk." + name, Actor: s.Actor, AppID: s.AppID, Code: "ok"}, nil
	}
}

func (w *world) next(of map[string][]error, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(of[name]) == 0 {
		return nil
	}
	err := of[name][0]
	of[name] = of[name][1:]
	return err
}

func (w *world) fail(_ context.Context, s *core.Saga, cause *core.Error) (*core.Event, error) {
	w.failed++
	return &core.Event{Action: "walk.failed", Actor: s.Actor, AppID: s.AppID, Code: string(cause.Code)}, nil
}

// sagas is a runner as a newly started process has it.
func (w *world) sagas() *job.Sagas {
	r := &job.Sagas{Store: w.DB, Audit: w.Audit, Queue: w, Clock: w.Clock, IDs: w.IDs, Log: w.Log}
	r.Register(w.kind())
	return r
}

// begin starts a saga with a key.
func (w *world) begin(r *job.Sagas, key string) (s core.Saga) {
	w.Must(w.InTx(w.Ctx(), func(ctx context.Context) error {
		var err error
		if s, err = r.Start(ctx, "walk", key, w.app.ID, map[string]string{}, core.System("test")); err != nil {
			return err
		}
		return w.Audit.Append(ctx, core.Event{Action: "walk.begin", Actor: core.System("test"), AppID: w.app.ID, Code: "ok"})
	}))
	return s
}

// count is how often an action is in the audit log.
func (w *world) count(action string) int {
	n := 0
	for _, a := range w.Events(0) {
		if a == action {
			n++
		}
	}
	return n
}

// whole demands that every step is done, in order, and recorded exactly once.
func (w *world) whole(t *testing.T, id core.ID) {
	t.Helper()
	s, err := w.Saga(w.Ctx(), id)
	w.Must(err)
	if s.State != core.SagaDone || s.Step != 3 || s.Problem != "" || s.Attempts != 0 || string(s.Data) != `"three"` {
		t.Errorf("the saga is %+v", s)
	}
	if want := []string{"one", "two", "three"}; !slices.Equal(w.order, want) {
		t.Errorf("effects came about as %v, want %v", w.order, want)
	}
	for _, action := range []string{"walk.begin", "walk.one", "walk.three"} {
		if n := w.count(action); n != 1 {
			t.Errorf("%s is recorded %d times", action, n)
		}
	}
	if w.Reload(w.app).BuddyID == "" {
		t.Error("the last step's record is not kept")
	}
}
