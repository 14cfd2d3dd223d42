package rounds_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/engine/audit/rounds"
)

// TestWaits: a place that fails is tried again after 1, 2, 4 and so on seconds,
// at most after five minutes, and at once after it worked; never twice at a time.
func TestWaits(t *testing.T) {
	var r rounds.Rounds
	now := time.Unix(0, 0)
	for _, seconds := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
		if !r.Start("a", now) || r.Start("a", now) {
			t.Fatal("a place is tried once at a time")
		}
		r.Done("a", now, true)
		if wait := time.Duration(seconds) * time.Second; r.Start("a", now.Add(wait-1)) {
			t.Fatalf("tried again before %s", wait)
		} else {
			now = now.Add(wait)
		}
		if !r.Start("b", now) {
			t.Fatal("one place keeps another one waiting")
		}
		r.Done("b", now, false)
	}
	if !r.Start("a", now) {
		t.Fatal("not forgiven")
	}
	r.Done("a", now, false)
	if !r.Start("a", now) {
		t.Error("a place that works waits")
	}
}

// TestRun: a round is made at a tick, while we lead, and Run ends when the tries
// have, not before.
func TestRun(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	ticks, ended, release := make(chan time.Time), make(chan error, 1), make(chan struct{})
	var made, done atomic.Int32
	var lead atomic.Bool
	round := rounds.Round(func(_ context.Context, start func(func())) {
		made.Add(1)
		start(func() { <-release; done.Add(1) })
	})
	go func() {
		ended <- round.Run(ctx, ticks, func(context.Context) (bool, error) { return lead.Load(), nil })
	}()
	ticks <- time.Time{}
	ticks <- time.Time{} // the first tick has been dealt with
	if made.Load() != 0 {
		t.Error("a follower went round")
	}
	lead.Store(true)
	ticks <- time.Time{}
	ticks <- time.Time{} // a slow try keeps no round waiting
	stop()
	close(release)
	if err := <-ended; err != nil || made.Load() < 2 || done.Load() != made.Load() {
		t.Errorf("%v, %d rounds, %d tries ended", err, made.Load(), done.Load())
	}
}
