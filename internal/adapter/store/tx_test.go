package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

func person(g *testkit.Ground, email string) core.Person {
	now := g.Clock.Now()
	return core.Person{ID: g.IDs.New(now), Email: email, Name: email, Created: core.Stamp(now)}
}

func event(g *testkit.Ground, ctx context.Context) error {
	return g.Audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Code: "ok"})
}

func count(g *testkit.Ground) (people, events int) {
	all, err := g.People(g.Ctx())
	g.Must(err)
	return len(all), len(g.Events(0))
}

// Promise 1: no act without its event.
func TestWriteWithoutEventIsRefused(t *testing.T) { testkit.Each(t, testWriteWithoutEventIsRefused) }

func testWriteWithoutEventIsRefused(t *testing.T, g *testkit.Ground) {
	err := g.InTx(t.Context(), func(ctx context.Context) error { return g.AddPerson(ctx, person(g, "a@example.org")) })
	if core.CodeOf(err) != core.Internal || !strings.Contains(fmt.Sprint(core.AsError(err).Err), "without an audit event") {
		t.Errorf("committed: %v", err)
	}
	if p, e := count(g); p != 0 || e != 0 {
		t.Errorf("%d people, %d events are kept", p, e)
	}
	g.Must(g.InTx(t.Context(), func(ctx context.Context) error {
		if err := g.AddPerson(ctx, person(g, "a@example.org")); err != nil {
			return err
		}
		return event(g, ctx)
	}))
	if p, e := count(g); p != 1 || e != 1 {
		t.Errorf("%d people, %d events", p, e)
	}
}

// A nested transaction joins the outer one, so its event counts and its writes
// need one; calling it book-keeping inside an act changes nothing.
func TestNestedTransactionsJoin(t *testing.T) { testkit.Each(t, testNestedTransactionsJoin) }

func testNestedTransactionsJoin(t *testing.T, g *testkit.Ground) {
	g.Must(g.InTx(t.Context(), func(ctx context.Context) error {
		if err := g.InTx(ctx, func(ctx context.Context) error { return g.AddPerson(ctx, person(g, "a@example.org")) }); err != nil {
			return err
		}
		return g.InTx(ctx, func(ctx context.Context) error { return event(g, ctx) })
	}))
	err := g.InTx(t.Context(), func(ctx context.Context) error {
		return g.Quietly(ctx, func(ctx context.Context) error { return g.AddPerson(ctx, person(g, "b@example.org")) })
	})
	if err == nil {
		t.Error("an act hid its write in book-keeping")
	}
	if p, e := count(g); p != 1 || e != 1 {
		t.Errorf("%d people, %d events", p, e)
	}
}

func TestNothingIsKeptOfAFailure(t *testing.T) { testkit.Each(t, testNothingIsKeptOfAFailure) }

func testNothingIsKeptOfAFailure(t *testing.T, g *testkit.Ground) {
	boom := errors.New("boom")
	write := func(ctx context.Context) {
		g.Must(g.AddPerson(ctx, person(g, "a@example.org")))
		g.Must(event(g, ctx))
	}
	if err := g.InTx(t.Context(), func(ctx context.Context) error { write(ctx); return boom }); !errors.Is(err, boom) {
		t.Errorf("the cause got lost: %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = g.InTx(t.Context(), func(ctx context.Context) error { write(ctx); panic("boom") })
	}()
	ctx, cancel := context.WithCancel(t.Context())
	if err := g.InTx(ctx, func(ctx context.Context) error { write(ctx); cancel(); return nil }); err == nil {
		t.Error("a cancelled act was kept")
	}
	if p, e := count(g); p != 0 || e != 0 {
		t.Errorf("%d people, %d events are kept", p, e)
	}
}

func TestWriteOutsideATransactionIsRefused(t *testing.T) {
	testkit.Each(t, testWriteOutsideATransactionIsRefused)
}

func testWriteOutsideATransactionIsRefused(t *testing.T, g *testkit.Ground) {
	if err := g.AddPerson(t.Context(), person(g, "a@example.org")); core.CodeOf(err) != core.Internal {
		t.Errorf("written: %v", err)
	}
	if err := event(g, t.Context()); err == nil {
		t.Error("an event outside a transaction")
	}
}

func TestAfterCommit(t *testing.T) { testkit.Each(t, testAfterCommit) }

func testAfterCommit(t *testing.T, g *testkit.Ground) {
	var did []string
	g.Must(g.Quietly(t.Context(), func(ctx context.Context) error {
		g.AfterCommit(ctx, func() { did = append(did, "committed") })
		if len(did) != 0 {
			t.Error("ran before the commit")
		}
		return nil
	}))
	_ = g.Quietly(t.Context(), func(ctx context.Context) error {
		g.AfterCommit(ctx, func() { did = append(did, "rolled back") })
		return errors.New("boom")
	})
	g.AfterCommit(t.Context(), func() { did = append(did, "outside") })
	if got := strings.Join(did, ", "); got != "committed, outside" {
		t.Errorf("did %s", got)
	}
}

// A reader outside sees the last commit; the writer sees its own writes.
func TestReadersSeeCommitsOnly(t *testing.T) { testkit.Each(t, testReadersSeeCommitsOnly) }

func testReadersSeeCommitsOnly(t *testing.T, g *testkit.Ground) {
	g.Must(g.InTx(t.Context(), func(ctx context.Context) error {
		p := person(g, "a@example.org")
		g.Must(g.AddPerson(ctx, p))
		if _, err := g.Person(ctx, p.ID); err != nil {
			t.Errorf("the writer does not see its write: %v", err)
		}
		if _, err := g.Person(t.Context(), p.ID); core.CodeOf(err) != core.NotFound {
			t.Errorf("a reader sees what is not committed: %v", err)
		}
		return event(g, ctx)
	}))
}

// Acts from many goroutines are done one after another, each with its event.
func TestConcurrentActs(t *testing.T) { testkit.Each(t, testConcurrentActs) }

func testConcurrentActs(t *testing.T, g *testkit.Ground) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				err := g.InTx(context.Background(), func(ctx context.Context) error {
					if err := g.AddPerson(ctx, person(g, fmt.Sprintf("p%d-%d@example.org", i, j))); err != nil {
						return err
					}
					return event(g, ctx)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if p, e := count(g); p != 80 || e != 80 {
		t.Errorf("%d people, %d events", p, e)
	}
}
