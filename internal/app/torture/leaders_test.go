package torture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"golang.org/x/sync/errgroup"
)

// Two processes that both believe in being the leader: both sequence one audit
// log, both work off one queue, both act. Safety never rests on leadership: there
// is one tree, and every act is there once. Whoever loses a race for the tree steps
// back: that is no failure, and what was committed before is provable after.
func TestTwoLeaders(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { newTestGround(t).twoLeaders(t) })
	t.Run("PostgreSQL", func(t *testing.T) { newPostgresGround(t).twoLeaders(t) })
}

func (g ground) twoLeaders(t *testing.T) {
	p := place{Dir: g.dir}
	if g.cluster != nil {
		p.URL = g.cluster.Copy(t, template, nil).URL("paddock_server")
	}
	var acts []act
	work, ctx := errgroup.WithContext(t.Context())
	for leader := range 2 {
		w, err := open(t.Context(), p, g.rev, start, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.close() })
		var mine []act
		for i := range 12 {
			for _, kind := range []string{"person", "app", "secret", "token"} {
				by := map[string]string{"person": "pia", "secret": "pia", "app": "hana", "token": "hana"}[kind]
				mine = append(mine, act{N: i, Kind: kind, Arg: fmt.Sprintf("%s-%d-%d", kind, leader, i), By: by})
			}
		}
		acts = append(acts, mine...)
		if err := w.queue.Start(ctx); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		work.Go(func() error {
			defer close(done)
			for _, a := range mine {
				if err := kinds()[a.Kind].do(ctx, w, a); err != nil {
					return fmt.Errorf("leader %d, %s: %w", leader, a, err)
				}
			}
			return nil
		})
		work.Go(func() error { return w.lead(ctx, done) })
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
	w, err := open(t.Context(), p, g.rev, start, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	broken := []error{w.settle(t.Context())}
	for _, a := range acts {
		if n, err := kinds()[a.Kind].tally(t.Context(), w, a); err != nil || n != 1 {
			broken = append(broken, fmt.Errorf("%s is there %d times (%w)", a, n, errOr(err)))
		}
	}
	if err := errors.Join(append(broken, w.sound(t.Context()), w.offline(t.Context()), w.close())...); err != nil {
		t.Error(err)
	}
}

// lead integrates without a pause until the acts are done.
func (w *world) lead(ctx context.Context, done <-chan struct{}) error {
	for {
		if _, err := w.sequencer.IntegrateNow(ctx); err != nil {
			return fmt.Errorf("sequencing: %w", err)
		}
		select {
		case <-done:
			return w.queue.Stop(ctx)
		default:
		}
	}
}
