package job_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// queue starts a queue on the ground's own database; it ends with the test.
func queue(t *testing.T, g *testkit.Ground, work map[string]job.Work) *job.Queue {
	t.Helper()
	return replica(t, g, "one", work)
}

// replica starts a queue as one of several processes on one database.
func replica(t *testing.T, g *testkit.Ground, name string, work map[string]job.Work) *job.Queue {
	t.Helper()
	pool, err := g.JobPool()
	g.Must(err)
	listen, err := g.Listener(t.Context())
	g.Must(err)
	q, err := job.NewQueue(t.Context(), job.Options{Pool: pool, Postgres: g.Engine() == store.Postgres, Listen: listen, Replica: name, Transactions: g.DB, Log: g.Log, Work: work})
	g.Must(err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := errors.Join(q.Stop(ctx), q.Stop(ctx)); err != nil {
			t.Errorf("stopping twice: %v", err)
		}
		if listen != nil {
			listen.Close()
		}
		if err := pool.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

// soon takes what arrives, or ends the test.
func soon[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func TestTaskRunsOnlyIfItsTransactionCommits(t *testing.T) {
	testkit.Each(t, testTaskRunsOnlyIfItsTransactionCommits)
}

func testTaskRunsOnlyIfItsTransactionCommits(t *testing.T, g *testkit.Ground) {
	ran := make(chan string, 10)
	q := queue(t, g, map[string]job.Work{"tell": func(_ context.Context, b json.RawMessage) error {
		var s string
		err := json.Unmarshal(b, &s)
		ran <- s
		return err
	}})
	if err := q.Add(g.Ctx(), "tell", "outside"); core.CodeOf(err) != core.Internal {
		t.Errorf("a task outside a transaction: %v", err)
	}
	undo := errors.New("undo")
	err := g.Quietly(g.Ctx(), func(ctx context.Context) error {
		g.Must(q.Add(ctx, "tell", "rolled back"))
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	g.Must(q.Start(g.Ctx()))
	g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error { return q.Add(ctx, "tell", "kept") }))
	if got := soon(t, ran); got != "kept" {
		t.Errorf("ran %q", got)
	}
	if n := stored(g); n != 1 {
		t.Errorf("%d tasks are stored, want the one that was kept", n)
	}
	err = g.Quietly(g.Ctx(), func(ctx context.Context) error { return q.Add(ctx, "fly", nil) })
	if core.CodeOf(err) != core.Internal {
		t.Errorf("a task that nobody does: %v", err)
	}
}

// stored counts the tasks in the database, finished ones too.
func stored(g *testkit.Ground) (n int) {
	pool, err := g.JobPool()
	g.Must(err)
	defer pool.Close()
	g.Must(pool.QueryRowContext(g.Ctx(), "SELECT count(*) FROM river_job").Scan(&n))
	return n
}

// A task that fails comes again; one that panics does not take the queue along.
func TestFailedTaskComesAgain(t *testing.T) { testkit.Each(t, testFailedTaskComesAgain) }

func testFailedTaskComesAgain(t *testing.T, g *testkit.Ground) {
	var tries atomic.Int32
	done := make(chan struct{})
	q := queue(t, g, map[string]job.Work{
		"shaky": func(context.Context, json.RawMessage) error {
			if tries.Add(1) == 1 {
				return errors.New("not now")
			}
			close(done)
			return nil
		},
		"wild": func(context.Context, json.RawMessage) error { panic("wild") },
	})
	g.Must(q.Start(g.Ctx()))
	g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error {
		return errors.Join(q.Add(ctx, "wild", nil), q.Add(ctx, "shaky", nil))
	}))
	soon(t, done)
}

// What a process was doing when it was killed is done by the next one. On SQLite
// that is at its start; on PostgreSQL as soon as the dead one has been silent.
func TestTaskOfAKilledProcessRunsAgain(t *testing.T) {
	testkit.Each(t, testTaskOfAKilledProcessRunsAgain)
}

func testTaskOfAKilledProcessRunsAgain(t *testing.T, g *testkit.Ground) {
	first := replica(t, g, "one", map[string]job.Work{"tell": func(context.Context, json.RawMessage) error { return nil }})
	g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error { return first.Add(ctx, "tell", "x") }))
	taken := "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now')"
	if g.Engine() == store.Postgres {
		taken = "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now(), attempted_by = '{dead}'"
	}
	_, err := g.SQL().ExecContext(g.Ctx(), taken)
	g.Must(err)
	ran := make(chan struct{}, 1)
	next := replica(t, g, "two", map[string]job.Work{"tell": func(context.Context, json.RawMessage) error { ran <- struct{}{}; return nil }})
	g.Must(next.Start(g.Ctx()))
	soon(t, ran)
}

// A process that starts leaves the tasks of one that lives alone. Once that one is
// silent they are done again, once: by whichever process asks first, be it the one
// that was only slow, which then does the task twice.
func TestTaskOfALivingProcessIsItsOwn(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	began, end, again := make(chan struct{}, 1), make(chan struct{}), make(chan struct{}, 9)
	var runs atomic.Int32
	var second atomic.Value // the process of the second run
	as := func(name string) map[string]job.Work {
		return map[string]job.Work{"tell": func(context.Context, json.RawMessage) error {
			switch runs.Add(1) {
			case 1:
				began <- struct{}{}
				<-end
			case 2:
				second.Store(name)
				again <- struct{}{}
			}
			return nil
		}}
	}
	one := replica(t, g, "one", as("one"))
	g.Must(one.Start(g.Ctx()))
	g.Must(g.Quietly(g.Ctx(), func(ctx context.Context) error { return one.Add(ctx, "tell", "x") }))
	soon(t, began)
	two := replica(t, g, "two", as("two"))
	g.Must(two.Start(g.Ctx()))
	look := func() (state, holder string, attempt int) {
		g.Must(g.SQL().QueryRowContext(g.Ctx(), "SELECT state, attempted_by[array_upper(attempted_by, 1)], attempt FROM river_job").Scan(&state, &holder, &attempt))
		return
	}
	if state, holder, attempt := look(); state != "running" || holder != "one" || attempt != 1 || runs.Load() != 1 {
		t.Errorf("the task of a living process is %s, of %s, attempt %d, after %d runs", state, holder, attempt, runs.Load())
	}
	// As if process one had stopped saying that it lives a while ago.
	_, err := g.SQL().ExecContext(g.Ctx(), "UPDATE river_job SET attempted_by = '{gone}'")
	g.Must(err)
	soon(t, again)
	close(end)
	g.Must(two.Stop(g.Ctx())) // what is under way ends first
	g.Must(one.Stop(g.Ctx()))
	if state, holder, attempt := look(); state != "completed" || holder != second.Load() || attempt != 2 || runs.Load() != 2 {
		t.Errorf("the task of a silent process is %s, of %s, attempt %d, after %d runs, the second by %v", state, holder, attempt, runs.Load(), second.Load())
	}
}
