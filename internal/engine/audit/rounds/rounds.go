// Package rounds goes round far places that may be slow or away: witnesses, and
// places for copies. Each is tried at its own pace, and none keeps another one
// waiting.
package rounds

import (
	"context"
	"sync"
	"time"
)

// Longest is the longest wait between two tries with a place that fails. The
// first is a second, and each is twice the one before.
const Longest = 5 * time.Minute

// Rounds remembers when each place may be tried again. It is safe for concurrent
// use; the zero value is ready.
type Rounds struct {
	mu    sync.Mutex
	waits map[string]wait
}

// wait is when a place is tried again.
type wait struct {
	fails int
	until time.Time
	busy  bool
}

// Start begins a try with a place and reports whether it may: not while one is
// under way, nor before a failed one is forgiven. Each Start that may needs a Done.
func (r *Rounds) Start(place string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := r.waits[place]
	if w.busy || now.Before(w.until) {
		return false
	}
	w.busy = true
	if r.waits == nil {
		r.waits = map[string]wait{}
	}
	r.waits[place] = w
	return true
}

// Done ends a try.
func (r *Rounds) Done(place string, now time.Time, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	w := wait{}
	if failed {
		w.fails = min(r.waits[place].fails+1, 10)
		w.until = now.Add(min(Longest, time.Second<<(w.fails-1)))
	}
	r.waits[place] = w
}

// Round tries the places that it is for: each with start, which may run it beside
// others.
type Round func(ctx context.Context, start func(func()))

// Run goes round at each tick while this process leads, until ctx ends and every
// try has. It returns nil.
func (round Round) Run(ctx context.Context, ticks <-chan time.Time, leads func(ctx context.Context) (bool, error)) error {
	var under sync.WaitGroup
	defer under.Wait()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks:
		}
		if led, err := leads(ctx); err == nil && led {
			round(ctx, under.Go)
		}
	}
}

// Once goes round once and returns when every try has ended.
func (round Round) Once(ctx context.Context) {
	var under sync.WaitGroup
	round(ctx, under.Go)
	under.Wait()
}
