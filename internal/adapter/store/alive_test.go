package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// addPerson is an act: a person with the event.
func addPerson(g *testkit.Ground, email string) error {
	return g.InTx(g.Ctx(), func(ctx context.Context) error {
		if err := g.AddPerson(ctx, person(g, email)); err != nil {
			return err
		}
		return event(g, ctx)
	})
}

// When the database has ended every connection, as it does when it is started
// again, no act fails and nothing cannot be read: none was under way.
func TestEndedConnectionsFailNoAct(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	const many, rounds = 12, 3
	all := func(name string) error {
		var wg sync.WaitGroup
		errs := make([]error, 3*many)
		for i := range many {
			wg.Go(func() { errs[3*i] = addPerson(g, fmt.Sprintf("%s-%d@example.org", name, i)) })
			wg.Go(func() { _, errs[3*i+1] = g.People(g.Ctx()) })
			wg.Go(func() {
				_, errs[3*i+2] = g.Alone(g.Ctx(), fmt.Sprint(i), func(context.Context) error { return nil })
			})
		}
		wg.Wait()
		return errors.Join(errs...)
	}
	for round := range rounds {
		if err := all(fmt.Sprint("round-", round)); err != nil {
			t.Fatalf("round %d: %v (%v)", round, err, core.AsError(err).Err)
		}
		g.Must(postgres.Shared(t).Cut(g.Database))
	}
	if p, e := count(g); p != rounds*many || e != rounds*many {
		t.Errorf("%d people, %d events", p, e)
	}
}

// Connections that end in the middle of acts: an act that was not yet to be
// committed is done all the same, on another connection; one that was may say
// that nobody knows, and nothing else. Nothing is there twice, or in part.
func TestConnectionsEndedAllTheTime(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	stop, cutter := make(chan struct{}), make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				cutter <- nil
				return
			default:
			}
			if err := postgres.Shared(t).Cut(g.Database); err != nil {
				cutter <- err
				return
			}
		}
	}()
	done, unknown, failed := 0, 0, 0
	var first error
	for i := range 200 {
		err := addPerson(g, fmt.Sprintf("p%d@example.org", i))
		switch e := core.AsError(err); {
		case err == nil:
			done++
		case e.Code == core.Unavailable && strings.Contains(e.Msg, "it is not known whether this was kept"):
			unknown++
		case e.Code == core.Unavailable: // three in a row
			failed++
		case first == nil:
			first = err
		}
	}
	close(stop)
	g.Must(errors.Join(<-cutter, first))
	p, e := count(g)
	if p != e || p < done || p > done+unknown || done == 0 {
		t.Errorf("%d people and %d events of %d done, %d unknown and %d failed acts", p, e, done, unknown, failed)
	}
	t.Logf("%d done, %d unknown, %d failed", done, unknown, failed)
}
