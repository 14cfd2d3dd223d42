package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// racers is how many try the same thing at once.
const racers = 16

// race runs one act from many goroutines and returns how each ended.
func race(act func(i int) error) (errs []error) {
	errs = make([]error, racers)
	var wg sync.WaitGroup
	for i := range racers {
		wg.Go(func() { errs[i] = act(i) })
	}
	wg.Wait()
	return errs
}

// Who reads first and then writes is as safe on PostgreSQL as with the one
// writer of SQLite: of many who want the same name one gets it, and the others
// are told what the method says; numbers are given once and without holes.
func TestRaces(t *testing.T) { testkit.Each(t, testRaces) }

func testRaces(t *testing.T, g *testkit.Ground) {
	ana := g.Somebody("ana@example.org")
	app := g.NewApp("tracker", ana)
	act := func(fn func(ctx context.Context) error) error {
		return g.InTx(context.Background(), func(ctx context.Context) error {
			if err := fn(ctx); err != nil {
				return err
			}
			return event(g, ctx)
		})
	}

	won := 0
	for _, err := range race(func(int) error {
		now := g.Clock.Now()
		return act(func(ctx context.Context) error {
			return g.AddApp(ctx, core.App{ID: g.IDs.New(now), Name: "wanted", OwnerID: ana.ID, State: core.AppProvisioning, Created: core.Stamp(now)})
		})
	}) {
		switch {
		case err == nil:
			won++
		case core.CodeOf(err) != core.Conflict || core.AsError(err).Field != "name":
			t.Errorf("a name that is taken: %v (%v)", err, core.AsError(err).Err)
		}
	}
	if won != 1 {
		t.Errorf("%d got the one name", won)
	}

	for _, err := range race(func(i int) error {
		return act(func(ctx context.Context) error {
			_, err := g.AddChange(ctx, core.Change{ID: g.IDs.New(g.Clock.Now()), AppID: app.ID, Branch: fmt.Sprintf("b%d", i), Head: "h", Base: "b", Author: "ana"})
			return err
		})
	}) {
		if err != nil {
			t.Errorf("opening a change: %v (%v)", err, core.AsError(err).Err)
		}
	}
	changes, err := g.Changes(t.Context(), app.ID)
	g.Must(err)
	seen := map[int]bool{}
	for _, c := range changes {
		seen[c.Number] = true
	}
	for n := 1; n <= racers; n++ {
		if !seen[n] || len(changes) != racers {
			t.Errorf("%d changes, number %d there: %v", len(changes), n, seen[n])
		}
	}
}

// A function that runs again after a collision gives its result once, and what
// was to happen after the commit happens once.
func TestCountUp(t *testing.T) { testkit.Each(t, testCountUp) }

func testCountUp(t *testing.T, g *testkit.Ground) {
	var mu sync.Mutex
	after := 0
	for _, err := range race(func(int) error {
		return g.Quietly(context.Background(), func(ctx context.Context) error {
			text, err := g.Setting(ctx, "count")
			if err != nil && core.CodeOf(err) != core.NotFound {
				return err
			}
			var n int
			_, _ = fmt.Sscan(text, &n)
			g.AfterCommit(ctx, func() { mu.Lock(); after++; mu.Unlock() })
			return g.PutSetting(ctx, "count", fmt.Sprint(n+1))
		})
	}) {
		if err != nil {
			t.Errorf("counting: %v (%v)", err, core.AsError(err).Err)
		}
	}
	if text, _ := g.Setting(t.Context(), "count"); text != fmt.Sprint(racers) || after != racers {
		t.Errorf("counted %s, told %d", text, after)
	}
}
