package run

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Back-off of an app that keeps falling: the second start in a row waits
// firstWait, each further one twice as long, up to longestWait. A minute
// without a fall starts over.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 30 * time.Second
	quietTime   = time.Minute
)

// startTimeout bounds a cold start, whoever waits for it.
const startTimeout = 20 * time.Second

// errLater says that the app cannot be started yet.
type errLater struct{ wait time.Duration }

func (e errLater) Error() string { return fmt.Sprintf("the app starts again in %s", e.wait) }

// warm returns the app's process with one request booked on it, starting it
// first if need be. The caller must call release on it.
func (a *app) warm(ctx context.Context) (*instance, error) {
	if i := a.book(); i != nil {
		return i, nil
	}
	done, err := a.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if i := a.book(); i != nil {
		return i, nil
	}
	a.mu.Lock()
	spec, off, wait := a.spec, a.off, a.waitLeft()
	a.mu.Unlock()
	if off != "" {
		return nil, core.Errorf(core.NotFound, "%s", off)
	}
	if wait > 0 {
		return nil, errLater{wait}
	}
	// A visitor who leaves does not stop the start: the next one needs it too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTimeout)
	defer cancel()
	fresh, err := a.launch(ctx, spec)
	if err != nil {
		a.mu.Lock()
		a.fell()
		a.mu.Unlock()
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	fresh.busy++
	a.cur = fresh
	return fresh, nil
}

// book books a request on the running process, if there is one.
func (a *app) book() *instance {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cur == nil || a.off != "" {
		return nil
	}
	select {
	case <-a.cur.proc.Done():
		a.cur = nil // it ended a moment ago
		return nil
	default:
	}
	a.cur.busy++
	return a.cur
}

// detach takes a process that is about to be ended out of service, as a fall.
func (a *app) detach(i *instance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cur == i {
		a.cur = nil
		a.fell()
	}
}

// release ends a booking.
func (a *app) release(i *instance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i.busy--
	if i.busy == 0 && i.idle != nil {
		close(i.idle)
		i.idle = nil
	}
}

// fell notes an end that nobody asked for. The caller holds mu.
func (a *app) fell() {
	now := a.m.o.Clock.Now()
	if now.Sub(a.lastFall) > quietTime {
		a.falls = 0
	}
	a.falls++
	a.lastFall = now
}

// waitLeft is how long the app must not be started yet. The caller holds mu.
func (a *app) waitLeft() time.Duration {
	if a.falls < 2 {
		return 0
	}
	wait := longestWait
	if a.falls-2 < 7 {
		wait = min(longestWait, firstWait<<(a.falls-2))
	}
	return wait - a.m.o.Clock.Now().Sub(a.lastFall)
}
