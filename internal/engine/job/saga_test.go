package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

func TestStepsRunInOrderOnce(t *testing.T) {
	w := newWorld(t)
	r := w.sagas()
	s := w.begin(r, "k")
	if len(w.asked) != 1 || w.asked[0] != s.ID {
		t.Fatalf("enqueued: %v", w.asked)
	}
	for range 3 { // running a finished saga changes nothing
		if _, err := r.Run(w.Ctx(), s.ID); err != nil {
			t.Fatal(err)
		}
	}
	w.whole(t, s.ID)
	if want := map[string]int{"one": 1, "two": 1, "three": 1}; !maps.Equal(w.tries, want) {
		t.Errorf("tries: %v", w.tries)
	}
}

// crash is what a test throws where a process would be killed.
type crash struct{}

// crashed runs a saga until its runner is killed at a point.
func crashed(t *testing.T, r *job.Sagas, id core.ID, point string) {
	t.Helper()
	defer func() {
		if p := recover(); p != (crash{}) {
			t.Fatalf("at %s: %v", point, p)
		}
	}()
	r.Point = func(name string) {
		if name == point {
			panic(crash{})
		}
	}
	_, err := r.Run(t.Context(), id)
	t.Fatalf("the run passed %s: %v", point, err)
}

// Promise 8: a crash at any point, and a new process goes on from there. Each
// event is there once, each effect came about once.
func TestCrashAtEveryPoint(t *testing.T) {
	for step := 1; step <= 3; step++ {
		for _, when := range []string{"before", "after"} {
			point := fmt.Sprintf("walk:%d:%s", step, when)
			t.Run(point, func(t *testing.T) {
				w := newWorld(t)
				r := w.sagas()
				s := w.begin(r, "k")
				crashed(t, r, s.ID, point)
				crashed(t, w.sagas(), s.ID, point) // and again, in the same place
				next := w.sagas()
				w.asked = nil
				w.Must(next.Resume(w.Ctx()))
				if len(w.asked) != 1 || w.asked[0] != s.ID {
					t.Fatalf("resumed: %v", w.asked)
				}
				payload, _ := json.Marshal(s.ID)
				w.Must(next.Work(w.Ctx(), payload))
				w.whole(t, s.ID)
				w.asked = nil
				w.Must(w.sagas().Resume(w.Ctx()))
				if len(w.asked) != 0 {
					t.Error("a finished saga is resumed")
				}
			})
		}
	}
}

func TestPassingTroubleIsTriedAgain(t *testing.T) {
	for _, code := range []core.Code{core.Internal, core.Unavailable, core.RateLimited, core.Conflict} {
		w := newWorld(t)
		r := w.sagas()
		w.trouble["two"] = []error{core.Errorf(code, "Not now."), core.Errorf(code, "Not yet.")}
		s := w.begin(r, "k")
		payload, _ := json.Marshal(s.ID)
		for try := 1; try <= 2; try++ {
			if err := r.Work(w.Ctx(), payload); core.CodeOf(err) != code {
				t.Fatalf("try %d with %s: %v", try, code, err)
			}
			s, _ = w.Saga(w.Ctx(), s.ID)
			if s.State != core.SagaRunning || s.Step != 1 || s.Attempts != try || s.Problem == "" {
				t.Errorf("after try %d with %s: %+v", try, code, s)
			}
		}
		w.Must(r.Work(w.Ctx(), payload))
		w.whole(t, s.ID)
		if w.failed != 0 || w.tries["one"] != 1 {
			t.Errorf("%s: Failed was called %d times, step one ran %d times", code, w.failed, w.tries["one"])
		}
	}
}

// A foreign error, a denied one and one too many tries: the saga ends, and its
// kind is told once.
func TestTroubleThatStaysFailsTheSaga(t *testing.T) {
	for _, code := range []core.Code{core.Invalid, core.Forbidden, core.NotFound, core.Denied, core.Blocked, core.TooLarge, core.Unreadable} {
		w := newWorld(t)
		r := w.sagas()
		w.trouble["two"] = []error{core.Errorf(code, "This is so.")}
		s := w.begin(r, "k")
		got, err := r.Run(w.Ctx(), s.ID)
		if err != nil || got.State != core.SagaFailed || got.Problem != "This is so." {
			t.Errorf("%s: %+v, %v", code, got, err)
		}
		if _, err := w.sagas().Run(w.Ctx(), s.ID); err != nil || w.failed != 1 || w.count("walk.failed") != 1 || w.count("walk.three") != 0 {
			t.Errorf("%s: Failed was called %d times and recorded %d times (%v)", code, w.failed, w.count("walk.failed"), err)
		}
	}
	w := newWorld(t)
	r := w.sagas()
	for range 50 {
		w.trouble["two"] = append(w.trouble["two"], errors.New("the disk is full"))
	}
	s := w.begin(r, "k")
	for range 20 {
		_, _ = r.Run(w.Ctx(), s.ID)
	}
	if s, _ = w.Saga(w.Ctx(), s.ID); s.State != core.SagaFailed || w.tries["two"] != 6 || w.failed != 1 {
		t.Errorf("after %d tries the saga is %s and Failed was called %d times", w.tries["two"], s.State, w.failed)
	}
	if s.Problem == "" || s.Problem == "the disk is full" {
		t.Errorf("the problem shown is %q", s.Problem)
	}
}

// Records that cannot be kept count as a failure of their step: nothing of the
// step is recorded, and in the end the saga fails instead of running for ever.
func TestRecordsThatCannotBeKept(t *testing.T) {
	w := newWorld(t)
	r := w.sagas()
	w.keeping["three"] = []error{core.Errorf(core.Unavailable, "Not now.")}
	s := w.begin(r, "k")
	if _, err := r.Run(w.Ctx(), s.ID); core.CodeOf(err) != core.Unavailable {
		t.Fatal(err)
	}
	if s, _ = w.Saga(w.Ctx(), s.ID); s.Step != 2 || s.Attempts != 1 || w.count("walk.three") != 0 {
		t.Errorf("after a passing failure: %+v", s)
	}
	if _, err := r.Run(w.Ctx(), s.ID); err != nil {
		t.Fatal(err)
	}
	w.whole(t, s.ID)

	w = newWorld(t)
	r = w.sagas()
	w.keeping["three"] = []error{core.Errorf(core.NotFound, "It is gone.")}
	s = w.begin(r, "k")
	if got, err := r.Run(w.Ctx(), s.ID); err != nil || got.State != core.SagaFailed || got.Step != 2 || w.failed != 1 {
		t.Errorf("after a failure that stays: %+v, %v", got, err)
	}
}

func TestTwoRunnersRunOnce(t *testing.T) {
	w := newWorld(t)
	r := w.sagas()
	s := w.begin(r, "k")
	entered, go2 := make(chan struct{}), make(chan struct{})
	r.Point = func(name string) {
		if name == "walk:2:before" {
			close(entered)
			<-go2
		}
	}
	var wg sync.WaitGroup
	results := make([]core.Saga, 2)
	run := func(i int) {
		defer wg.Done()
		var err error
		if results[i], err = r.Run(w.Ctx(), s.ID); err != nil {
			t.Error(err)
		}
	}
	wg.Add(2)
	go run(0)
	<-entered
	go run(1)
	close(go2)
	wg.Wait()
	for i, got := range results {
		if got.State != core.SagaDone {
			t.Errorf("runner %d sees %s", i, got.State)
		}
	}
	w.whole(t, s.ID)
	if want := map[string]int{"one": 1, "two": 1, "three": 1}; !maps.Equal(w.tries, want) {
		t.Errorf("tries: %v", w.tries)
	}
}

// watched is a context that tells when somebody begins to wait for its end.
type watched struct {
	context.Context
	waits func()
}

func (w watched) Done() <-chan struct{} {
	w.waits()
	return w.Context.Done()
}

// A request that ends early leaves its saga to the queue: the queue's task, which
// has waited for the request, must not take the saga for finished.
func TestARunnerThatLeavesIsNotTheEnd(t *testing.T) {
	w := newWorld(t)
	r := w.sagas()
	s := w.begin(r, "k")
	payload, _ := json.Marshal(s.ID)
	ctx, leave := context.WithCancel(w.Ctx())
	entered, waits, queued := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	w.trouble["two"] = []error{context.Canceled}
	r.Point = func(name string) {
		if name == "walk:2:before" && ctx.Err() == nil {
			close(entered)
			<-waits
			leave()
		}
	}
	go func() {
		<-entered
		queued <- r.Work(watched{w.Ctx(), sync.OnceFunc(func() { close(waits) })}, payload)
	}()
	if _, err := r.Run(ctx, s.ID); !errors.Is(err, context.Canceled) {
		t.Fatalf("the request: %v", err)
	}
	if err := <-queued; core.CodeOf(err) != core.Unavailable {
		t.Fatalf("the task takes the saga for finished: %v", err)
	}
	w.Must(r.Work(w.Ctx(), payload)) // so it comes again
	w.whole(t, s.ID)
}

// doubtful is a store that is lost at the last moment of its n-th commit: what
// it was to keep is kept, but it cannot say so.
type doubtful struct {
	job.SagaStore
	n int
}

// InTx implements job.SagaStore.
func (d *doubtful) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	err := d.SagaStore.InTx(ctx, fn)
	if d.n--; d.n == 0 && err == nil {
		return core.Errorf(core.Unavailable, "It is not known whether this was kept.")
	}
	return err
}

// A step that was kept, though nobody could say so, is not done again, and its
// saga goes on.
func TestStepOfUnknownOutcome(t *testing.T) {
	for n := 1; n <= 2; n++ { // the first and the last step
		w := newWorld(t)
		r := w.sagas()
		r.Store = &doubtful{w.DB, n}
		s := w.begin(w.sagas(), "k")
		if got, err := r.Run(w.Ctx(), s.ID); err != nil || got.State != core.SagaDone {
			t.Errorf("commit %d: %s, %v", n, got.State, err)
		}
		w.whole(t, s.ID)
		if w.tries["one"] != 1 || w.tries["three"] != 1 {
			t.Errorf("tries: %v", w.tries)
		}
	}
}

func TestSameKeySameSaga(t *testing.T) {
	w := newWorld(t)
	r := w.sagas()
	one, two, other := w.begin(r, "k"), w.begin(r, "k"), w.begin(r, "l")
	if one.ID != two.ID || one.ID == other.ID {
		t.Errorf("sagas %s, %s, %s", one.ID, two.ID, other.ID)
	}
	if len(w.asked) != 2 {
		t.Errorf("%d tasks for two sagas", len(w.asked))
	}
}

func TestUnknownKind(t *testing.T) {
	w := newWorld(t)
	r := w.sagas()
	err := w.InTx(w.Ctx(), func(ctx context.Context) error {
		_, err := r.Start(ctx, "fly", "k", "", nil, core.System("test"))
		return err
	})
	if core.CodeOf(err) != core.Internal {
		t.Errorf("starting an unknown kind: %v", err)
	}
	if err := r.Work(w.Ctx(), []byte("{")); core.CodeOf(err) != core.Internal {
		t.Errorf("a payload that is none: %v", err)
	}
}
