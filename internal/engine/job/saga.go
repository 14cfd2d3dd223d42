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
	// Alone runs fn unless another process runs something of that name.
	Alone(ctx context.Context, name string, fn func(ctx context.Context) error) (ran bool, err error)
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
	// Under returns the grant under which the caller acts, and As a context in
	// which events are told as done under a grant, "" for none: what somebody
	// began under a grant is done under it to the end, whoever runs the steps and
	// even if the grant ends meanwhile. Both or none are set.
	Under func(ctx context.Context) core.ID
	As    func(ctx context.Context, grant core.ID) context.Context

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
	if r.Under != nil {
		s.Grant = r.Under(ctx)
	}
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
