package policy

import (
	"context"
	"time"

	"github.com/open-policy-agent/opa/v1/topdown"
)

// stopper ends the evaluation of one input when its time is used up, or the
// caller has gone.
type stopper struct {
	cancel topdown.Cancel
	timer  *time.Timer
	gone   func() bool
}

func stopAfter(ctx context.Context, budget time.Duration) *stopper {
	c := topdown.NewCancel()
	return &stopper{cancel: c, timer: time.AfterFunc(budget, c.Cancel), gone: context.AfterFunc(ctx, c.Cancel)}
}

// end lets go of what the stopper holds.
func (r *run) end() {
	if r.stop != nil {
		r.stop.timer.Stop()
		r.stop.gone()
	}
}
