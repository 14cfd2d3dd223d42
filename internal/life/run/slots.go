package run

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// queueWait is the longest a request waits for its turn.
const queueWait = 5 * time.Second

// errBusy says that the app has as many requests as it may have.
var errBusy = errors.New("too many requests at once")

// slots limit the requests in progress of one app: as many as its guardrail
// says run, as many again wait a little, the rest are turned away.
type slots struct {
	free    chan struct{}
	waiting atomic.Int64
}

func newSlots(n int) *slots { return &slots{free: make(chan struct{}, n)} }

// take waits for a slot; the caller must call done.
func (s *slots) take(ctx context.Context) (done func(), err error) {
	release := func() { <-s.free }
	select {
	case s.free <- struct{}{}:
		return release, nil
	default:
	}
	if s.waiting.Add(1) > int64(cap(s.free)) {
		s.waiting.Add(-1)
		return nil, errBusy
	}
	defer s.waiting.Add(-1)
	timeout := time.NewTimer(queueWait)
	defer timeout.Stop()
	select {
	case s.free <- struct{}{}:
		return release, nil
	case <-timeout.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
