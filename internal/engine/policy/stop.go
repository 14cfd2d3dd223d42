package policy

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/open-policy-agent/opa/v1/topdown"
)

// stopper ends the evaluation of one input when its time or the memory is used
// up, or the caller has gone.
type stopper struct {
	cancel  topdown.Cancel
	timer   *time.Timer
	gone    func() bool
	watcher *watcher

	overMemory atomic.Bool // it was ended because the heap grew
	// The watcher's own, under its lock.
	watch *time.Timer
	began uint64 // bytes on the heap when it began
	over  bool
}

func (s *Set) stopAfter(ctx context.Context, budget time.Duration) *stopper {
	c := topdown.NewCancel()
	out := &stopper{cancel: c, timer: time.AfterFunc(budget, c.Cancel), gone: context.AfterFunc(ctx, c.Cancel), watcher: s.watcher}
	s.watcher.begin(out)
	return out
}

// end lets go of what the stopper holds.
func (r *run) end() {
	if r.stop != nil {
		r.stop.timer.Stop()
		r.stop.gone()
		r.stop.watcher.end(r.stop)
	}
}
