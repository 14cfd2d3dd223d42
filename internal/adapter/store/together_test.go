package store_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// crowd runs acts that wait for each other to share one commit: the first one
// does not end before all others wait.
type crowd struct {
	g      *testkit.Ground
	all    sync.WaitGroup
	enter  chan struct{} // closed when the first one has the turn
	go1    chan struct{} // lets the first one end
	mu     sync.Mutex
	errs   map[string]error
	after  []string // whose hooks ran
	shared map[string]int
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{g: testkit.On(t, store.SQLite), enter: make(chan struct{}), go1: make(chan struct{}), errs: map[string]error{}, shared: map[string]int{}}
	c.add(t.Context(), "first", func(context.Context) error {
		close(c.enter)
		<-c.go1
		return nil
	})
	<-c.enter
	return c
}

// add runs an act that adds a person of that name, and then does more.
func (c *crowd) add(ctx context.Context, name string, more func(ctx context.Context) error) {
	c.all.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				c.note(name, fmt.Errorf("panic: %v", p))
			}
		}()
		c.note(name, c.g.InTx(ctx, func(ctx context.Context) error {
			c.mu.Lock()
			c.shared[name] = c.g.Shared()
			c.mu.Unlock()
			if err := errors.Join(c.g.AddPerson(ctx, person(c.g, name+"@example.org")), event(c.g, ctx)); err != nil {
				return err
			}
			c.g.AfterCommit(ctx, func() {
				c.mu.Lock()
				defer c.mu.Unlock()
				c.after = append(c.after, name)
			})
			return more(ctx)
		}))
	})
}

func (c *crowd) note(name string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.errs[name] = err
}

// end lets the first act end once n others wait, and all others after it.
func (c *crowd) end(n int) {
	for c.g.Waiting() < n {
		runtime.Gosched()
	}
	close(c.go1)
	c.all.Wait()
}

// kept checks whose records there are, and whose hooks ran.
func (c *crowd) kept(t *testing.T, want ...string) {
	t.Helper()
	people, err := c.g.People(t.Context())
	c.g.Must(err)
	var got []string
	for _, p := range people {
		got = append(got, p.Email)
	}
	for i, w := range want {
		want[i] = w + "@example.org"
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || len(c.g.Events(0)) != len(want) || len(c.after) != len(want) {
		t.Errorf("kept %v with %d events and %d hooks, want %v; %v", got, len(c.g.Events(0)), len(c.after), want, c.errs)
	}
}

// TestActsShareACommit: acts that wait for the writer share a commit; one that
// fails, panics or goes away takes nothing of the others with it.
func TestActsShareACommit(t *testing.T) {
	c := newCrowd(t)
	left, leave := context.WithCancel(t.Context())
	nothing := func(context.Context) error { return nil }
	c.add(t.Context(), "second", nothing)
	c.add(t.Context(), "failing", func(context.Context) error { return core.Errorf(core.Denied, "no") })
	c.add(t.Context(), "panicking", func(context.Context) error { panic("no") })
	c.add(left, "leaving", func(ctx context.Context) error {
		leave()
		return event(c.g, ctx)
	})
	c.add(t.Context(), "third", nothing)
	c.end(5)
	c.kept(t, "first", "second", "third")
	if core.CodeOf(c.errs["failing"]) != core.Denied || c.errs["panicking"] == nil || !errors.Is(c.errs["leaving"], context.Canceled) || c.errs["first"] != nil {
		t.Errorf("%v", c.errs)
	}
	for name, n := range c.shared {
		if (name == "first") != (n == 0) {
			t.Errorf("%s found %d acts in its transaction", name, n)
		}
	}
}

// TestLeavingInTheMiddle: a client that goes away while a statement of its act
// runs takes nothing of the others with it: SQLite undoes the whole transaction
// when a statement that writes is interrupted.
func TestLeavingInTheMiddle(t *testing.T) {
	left, leave := context.WithCancel(t.Context())
	leaves := fmt.Sprint("client_leaves_", time.Now().UnixNano()) // a function is registered for good
	sqlite.MustRegisterScalarFunction(leaves, 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
		leave()
		return "", nil
	})
	c := newCrowd(t)
	c.add(left, "leaving", func(ctx context.Context) error {
		tx, _ := c.g.SQLTx(ctx)
		_, err := tx.ExecContext(ctx, `INSERT INTO setting (name, value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
			SELECT 'n' || i, CASE i WHEN 1 THEN `+leaves+`() ELSE '' END FROM n`)
		return err
	})
	c.end(1)
	c.kept(t, "first")
	if !errors.Is(c.errs["leaving"], context.Canceled) || c.errs["first"] != nil {
		t.Errorf("%v", c.errs)
	}
}

// TestNothingIsHalfShared: an act after which SQLite has undone the whole
// transaction, as it does when the disk is full, fails for all that share it: none is told
// that it was kept.
func TestNothingIsHalfShared(t *testing.T) {
	c := newCrowd(t)
	c.add(t.Context(), "undoing", func(ctx context.Context) error {
		tx, _ := c.g.SQLTx(ctx)
		_, err := tx.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, errors.New("the disk is full"))
	})
	c.end(1)
	c.kept(t)
	if c.errs["first"] == nil || c.errs["undoing"] == nil {
		t.Errorf("%v", c.errs)
	}
	c.g.Must(c.g.InTx(t.Context(), func(ctx context.Context) error { return event(c.g, ctx) }))
}

// TestSharedCommitIsBounded: many acts are answered in portions.
func TestSharedCommitIsBounded(t *testing.T) {
	c := newCrowd(t)
	want := []string{"first"}
	for i := range 40 {
		name := fmt.Sprint("p", i)
		want = append(want, name)
		c.add(t.Context(), name, func(context.Context) error { return nil })
	}
	c.end(40)
	c.kept(t, want...)
	most := 0
	for _, n := range c.shared {
		most = max(most, n)
	}
	if most != 15 {
		t.Errorf("up to %d acts lay in a transaction before the last one", most)
	}
}
