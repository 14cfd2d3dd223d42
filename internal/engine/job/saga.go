package job

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"github.com/paddock-dev/paddock/internal/core"
)

// SagaTask is the task name under which sagas are run.
const SagaTask = "saga"

// maxAttempts is how often one step is tried before its saga fails.
const maxAttempts = 6

// Step is one step of a saga. Do must be idempotent: a crash between its effect
// and its record makes it run again. It may change s.Data. The event it returns
// is committed together with the saga's progress; nil means nothing happened
// that the audit log must know.
type Step struct {
	Name string
	Do   func(ctx context.Context, s *core.Saga) (*core.Event, error)
	// Keep, if set, writes the step's records in the transaction that also
	// keeps the progress and the event; then there must be an event.
	Keep func(ctx context.Context, s *core.Saga) error
}

// Kind is a sort of saga.
type Kind struct {
	Name  string
	Steps []Step
	// Failed is called in the transaction that marks a saga as failed; it undoes
	// or lists what is left over and returns the event. Required.
	Failed func(ctx context.Context, s *core.Saga, cause *core.Error) (*core.Event, error)
}

// SagaStore keeps sagas.
type SagaStore interface {
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	AddSaga(ctx context.Context, s core.Saga) (core.Saga, bool, error)
	AdvanceSaga(ctx context.Context, from int, s core.Saga) error
	Saga(ctx context.Context, id core.ID) (core.Saga, error)
	RunningSagas(ctx context.Context) ([]core.Saga, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Enqueuer adds a task in the caller's transaction.
type Enqueuer interface {
	Add(ctx context.Context, name string, payload any) error
}

// Sagas starts and runs sagas. Register all kinds before the queue starts.
type Sagas struct {
	Store SagaStore
	Audit Audit
	Queue Enqueuer
	Clock core.Clock
	IDs   core.IDs
	Log   *slog.Logger
	// Point, if set, is called at each point where a crash matters, named
	// "kind:step:before" and "kind:step:after" with steps counted from 1. Tests
	// and the tour kill the process there.
	Point func(name string)

	kinds   map[string]Kind
	mu      sync.Mutex
	running map[core.ID]chan struct{}
}

// Register makes a kind known.
func (r *Sagas) Register(k Kind) {
	if r.kinds == nil {
		r.kinds = map[string]Kind{}
	}
	r.kinds[k.Name] = k
}

// Steps returns the names of a kind's steps, in order.
func (r *Sagas) Steps(kind string) []string {
	var names []string
	for _, s := range r.kinds[kind].Steps {
		names = append(names, s.Name)
	}
	return names
}

// Start keeps a new saga and its task in the caller's transaction. A second
// start with the same kind and key returns the first.
func (r *Sagas) Start(ctx context.Context, kind, key string, app core.ID, data any, actor core.Actor) (core.Saga, error) {
	if _, ok := r.kinds[kind]; !ok {
		return core.Saga{}, core.Hidden("Starting the work", fmt.Errorf("job: there is no saga of kind %q", kind))
	}
	b, err := json.Marshal(data)
	if err != nil {
		return core.Saga{}, core.Hidden("Starting the work", err)
	}
	now := r.Clock.Now()
	s := core.Saga{ID: r.IDs.New(now), Kind: kind, Key: key, AppID: app, State: core.SagaRunning, Data: b, Actor: actor, Created: core.Stamp(now), Updated: core.Stamp(now)}
	s, made, err := r.Store.AddSaga(ctx, s)
	if err != nil || !made {
		return s, err
	}
	return s, r.Enqueue(ctx, s.ID)
}

// Enqueue adds the task that runs a saga, in the caller's transaction.
func (r *Sagas) Enqueue(ctx context.Context, id core.ID) error { return r.Queue.Add(ctx, SagaTask, id) }

// Resume enqueues every saga that is not finished: call it once at start.
func (r *Sagas) Resume(ctx context.Context) error {
	sagas, err := r.Store.RunningSagas(ctx)
	if err != nil {
		return err
	}
	return r.Store.Quietly(ctx, func(ctx context.Context) error {
		for _, s := range sagas {
			if err := r.Enqueue(ctx, s.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// Work is the task that runs a saga.
func (r *Sagas) Work(ctx context.Context, payload json.RawMessage) error {
	var id core.ID
	if err := json.Unmarshal(payload, &id); err != nil {
		return core.Hidden("Running the work", err)
	}
	s, err := r.Run(ctx, id)
	if err == nil && s.State == core.SagaRunning { // another runner, such as a request, has left it
		err = core.Errorf(core.Unavailable, "The work %s is not finished.", id)
	}
	return err
}

// Run does the steps that are left and returns the saga as it then stands. If
// it is being run already, Run waits for that run. A step that fails is tried
// again by the queue; an error that will not go away fails the saga at once.
func (r *Sagas) Run(ctx context.Context, id core.ID) (core.Saga, error) {
	done, mine := r.claim(id)
	if !mine {
		select {
		case <-done:
			return r.Store.Saga(ctx, id)
		case <-ctx.Done():
			return core.Saga{}, ctx.Err()
		}
	}
	defer r.release(id, done)
	s, err := r.Store.Saga(ctx, id)
	if err != nil {
		return s, err
	}
	kind, ok := r.kinds[s.Kind]
	if !ok {
		return s, core.Hidden("Running the work", fmt.Errorf("job: saga %s is of the unknown kind %q", id, s.Kind))
	}
	for s.State == core.SagaRunning {
		if err := r.step(ctx, kind, &s); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (r *Sagas) step(ctx context.Context, kind Kind, s *core.Saga) error {
	if s.Step >= len(kind.Steps) {
		return r.keep(ctx, s, s.Step, nil, nil, core.SagaDone)
	}
	step := kind.Steps[s.Step]
	r.point(s, "before")
	event, err := step.Do(ctx, s)
	if err != nil {
		return r.failed(ctx, kind, s, step, err)
	}
	r.point(s, "after")
	next, state := *s, core.SagaRunning
	next.Step, next.Attempts, next.Problem = s.Step+1, 0, ""
	if next.Step == len(kind.Steps) {
		state = core.SagaDone
	}
	if err := r.keep(ctx, &next, s.Step, event, step.Keep, state); err != nil {
		return r.failed(ctx, kind, s, step, err)
	}
	*s = next
	return nil
}

// keep commits a saga's progress with its event.
func (r *Sagas) keep(ctx context.Context, s *core.Saga, from int, event *core.Event, records func(context.Context, *core.Saga) error, state core.SagaState) error {
	s.State, s.Updated = state, core.Stamp(r.Clock.Now())
	tx := r.Store.InTx
	if event == nil && records == nil { // progress alone is book-keeping
		tx = r.Store.Quietly
	}
	return tx(ctx, func(ctx context.Context) error {
		if records != nil {
			if err := records(ctx, s); err != nil {
				return err
			}
		}
		if event != nil {
			if err := r.Audit.Append(ctx, *event); err != nil {
				return err
			}
		}
		return r.Store.AdvanceSaga(ctx, from, *s)
	})
}

// failed records a step's failure: for ever if it cannot go away by itself or
// was tried often enough, else for the queue to try again.
func (r *Sagas) failed(ctx context.Context, kind Kind, s *core.Saga, step Step, cause error) error {
	if ctx.Err() != nil {
		return cause // stopped from outside: nothing is wrong with the step
	}
	e := core.AsError(cause)
	s.Attempts++
	s.Problem = e.Msg
	r.Log.WarnContext(ctx, "step failed", "saga", s.Kind, "step", step.Name, "id", s.ID, "attempt", s.Attempts, "error", cause, "cause", e.Err)
	if s.Attempts < maxAttempts && passing(e.Code) {
		if err := r.keep(ctx, s, s.Step, nil, nil, core.SagaRunning); err != nil {
			return err
		}
		return cause
	}
	return r.giveUp(ctx, kind, s, e)
}

// giveUp marks a saga as failed, together with what its kind does about it.
func (r *Sagas) giveUp(ctx context.Context, kind Kind, s *core.Saga, e *core.Error) error {
	s.State, s.Updated = core.SagaFailed, core.Stamp(r.Clock.Now())
	return r.Store.InTx(ctx, func(ctx context.Context) error {
		event, err := kind.Failed(ctx, s, e)
		if err != nil {
			return err
		}
		if err := r.Audit.Append(ctx, *event); err != nil {
			return err
		}
		return r.Store.AdvanceSaga(ctx, s.Step, *s)
	})
}

// passing reports whether an error of this code may go away by itself.
func passing(c core.Code) bool {
	return c == core.Internal || c == core.Unavailable || c == core.RateLimited || c == core.Conflict
}

func (r *Sagas) point(s *core.Saga, when string) {
	if r.Point != nil {
		r.Point(fmt.Sprintf("%s:%d:%s", s.Kind, s.Step+1, when))
	}
}

// claim makes the caller the runner of a saga, or returns the present runner's
// channel, which closes when it ends.
func (r *Sagas) claim(id core.ID) (done chan struct{}, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c, ok := r.running[id]; ok {
		return c, false
	}
	if r.running == nil {
		r.running = map[core.ID]chan struct{}{}
	}
	c := make(chan struct{})
	r.running[id] = c
	return c, true
}

func (r *Sagas) release(id core.ID, done chan struct{}) {
	r.mu.Lock()
	delete(r.running, id)
	r.mu.Unlock()
	close(done)
}
