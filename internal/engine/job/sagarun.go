package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/paddock-dev/paddock/internal/core"
)

// Work is the task that runs a saga.
func (r *Sagas) Work(ctx context.Context, payload json.RawMessage) error {
	var id core.ID
	if err := json.Unmarshal(payload, &id); err != nil {
		return core.Hidden("Running the work", err)
	}
	s, elsewhere, err := r.run(ctx, id)
	if err == nil && s.State == core.SagaRunning {
		if elsewhere { // look again, in case that process dies
			return river.JobSnooze(lookAgain)
		}
		err = core.Errorf(core.Unavailable, "The work %s is not finished.", id) // another runner, such as a request, has left it
	}
	return err
}

// lookAgain is how long a task waits that finds its saga in the hands of another
// process.
const lookAgain = 2 * time.Second

// Run does the steps that are left and returns the saga as it then stands. If
// it is being run already, Run waits for that run; if another process runs it,
// Run leaves it to that one and returns it as it stands. A step that fails is
// tried again by the queue; an error that will not go away fails the saga at once.
func (r *Sagas) Run(ctx context.Context, id core.ID) (core.Saga, error) {
	s, _, err := r.run(ctx, id)
	return s, err
}

// run is Run, and says whether another process has the saga.
func (r *Sagas) run(ctx context.Context, id core.ID) (s core.Saga, elsewhere bool, err error) {
	done, mine := r.claim(id)
	if !mine {
		select {
		case <-done:
			s, err = r.Store.Saga(ctx, id)
			return s, false, err
		case <-ctx.Done():
			return core.Saga{}, false, ctx.Err()
		}
	}
	defer r.release(id, done)
	ran, err := r.Store.Alone(ctx, "saga "+id.String(), func(ctx context.Context) (err error) {
		s, err = r.walk(ctx, id)
		return err
	})
	if !errors.Is(err, errElsewhere) && (ran || err != nil) {
		return s, false, err
	}
	s, err = r.Store.Saga(ctx, id)
	return s, true, err
}

// errElsewhere ends a run that finds that another process has moved the saga.
var errElsewhere = errors.New("job: another process runs this saga")

func (r *Sagas) walk(ctx context.Context, id core.ID) (core.Saga, error) {
	s, err := r.Store.Saga(ctx, id)
	if err != nil {
		return s, err
	}
	kind, ok := r.kinds[s.Kind]
	if !ok {
		return s, core.Hidden("Running the work", fmt.Errorf("job: saga %s is of the unknown kind %q", id, s.Kind))
	}
	if r.As != nil {
		ctx = r.As(ctx, s.Grant)
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
	kept := *s
	err := tx(ctx, func(ctx context.Context) error {
		kept = *s // it may run again
		kept.Data = slices.Clone(s.Data)
		if records != nil {
			if err := records(ctx, &kept); err != nil {
				return err
			}
		}
		if event != nil {
			if err := r.Audit.Append(ctx, *event); err != nil {
				return err
			}
		}
		return r.Store.AdvanceSaga(ctx, from, kept)
	})
	if err == nil {
		*s = kept
		return nil
	}
	return r.moved(ctx, s.ID, from, err)
}

// moved returns errElsewhere if a saga no longer stands where this run left it,
// which is then why it could not be kept; else err.
func (r *Sagas) moved(ctx context.Context, id core.ID, from int, err error) error {
	if core.CodeOf(err) != core.Conflict {
		return err
	}
	if now, rerr := r.Store.Saga(ctx, id); rerr == nil && (now.Step != from || now.State != core.SagaRunning) {
		return errElsewhere
	}
	return err
}

// failed records a step's failure: for ever if it cannot go away by itself or
// was tried often enough, else for the queue to try again.
func (r *Sagas) failed(ctx context.Context, kind Kind, s *core.Saga, step Step, cause error) error {
	if ctx.Err() != nil || errors.Is(cause, errElsewhere) {
		return cause // stopped from outside: nothing is wrong with the step
	}
	e := core.AsError(cause)
	s.Attempts++
	s.Problem = e.Msg
	r.Log.WarnContext(ctx, "step failed", "saga", s.Kind, "step", step.Name, "id", s.ID, "attempt", s.Attempts, "error", cause, "cause", e.Err)
	if s.Attempts < maxAttempts && passing(e.Code) {
		err := r.keep(ctx, s, s.Step, nil, nil, core.SagaRunning)
		if errors.Is(err, errElsewhere) || core.CodeOf(err) == core.Conflict {
			return r.further(ctx, s, cause)
		}
		if err != nil {
			return err
		}
		return cause
	}
	return r.giveUp(ctx, kind, s, e)
}

// further goes on with a saga that got further than its step's failure said: the
// database was lost at the last moment, but the step was kept.
func (r *Sagas) further(ctx context.Context, s *core.Saga, cause error) error {
	now, err := r.Store.Saga(ctx, s.ID)
	if err != nil {
		return err
	}
	if now.Step == s.Step && now.State == core.SagaRunning {
		return cause
	}
	*s = now
	return nil
}

// giveUp marks a saga as failed, together with what its kind does about it.
func (r *Sagas) giveUp(ctx context.Context, kind Kind, s *core.Saga, e *core.Error) error {
	s.State, s.Updated = core.SagaFailed, core.Stamp(r.Clock.Now())
	kept := *s
	err := r.Store.InTx(ctx, func(ctx context.Context) error {
		kept = *s // it may run again
		kept.Data = slices.Clone(s.Data)
		event, err := kind.Failed(ctx, &kept, e)
		if err != nil {
			return err
		}
		if err := r.Audit.Append(ctx, *event); err != nil {
			return err
		}
		return r.Store.AdvanceSaga(ctx, s.Step, kept)
	})
	if err == nil {
		*s = kept
		return nil
	}
	return r.moved(ctx, s.ID, s.Step, err)
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
