package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// ledger gathers what one app used until it is flushed.
type ledger struct {
	appID   core.ID
	mu      sync.Mutex
	hours   map[int64]core.Usage
	lastUse int64
}

func newLedger(appID core.ID) *ledger { return &ledger{appID: appID, hours: map[int64]core.Usage{}} }

// add counts u in the hour of now.
func (l *ledger) add(now time.Time, u core.Usage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	hour := core.Stamp(now.Truncate(time.Hour))
	l.hours[hour] = sum(l.hours[hour], u)
}

// used notes a request at now.
func (l *ledger) used(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastUse = max(l.lastUse, core.Stamp(now))
}

func sum(a, b core.Usage) core.Usage {
	a.Requests += b.Requests
	a.Errors += b.Errors
	a.WallMS += b.WallMS
	a.CPUMS += b.CPUMS
	a.MiBMS += b.MiBMS
	a.BytesOut += b.BytesOut
	a.EgressOut += b.EgressOut
	return a
}

// flush gives m what was gathered; what it does not take is kept.
func (l *ledger) flush(ctx context.Context, m Meter) error {
	l.mu.Lock()
	hours, lastUse := l.hours, l.lastUse
	l.hours, l.lastUse = map[int64]core.Usage{}, 0
	l.mu.Unlock()
	if m == nil {
		return nil
	}
	var errs []error
	for hour, u := range hours {
		if u == (core.Usage{}) {
			continue
		}
		u.AppID, u.Hour = l.appID, hour
		if err := m.Record(ctx, u, lastUse); err != nil {
			errs = append(errs, err)
			l.giveBack(hour, u, lastUse)
		}
	}
	return errors.Join(errs...)
}

func (l *ledger) giveBack(hour int64, u core.Usage, lastUse int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	u.AppID, u.Hour = "", 0
	l.hours[hour] = sum(l.hours[hour], u)
	l.lastUse = max(l.lastUse, lastUse)
}

// sample counts what the app's process used since the last look.
func (a *app) sample() {
	a.mu.Lock()
	i := a.cur
	a.mu.Unlock()
	if i != nil {
		i.sample()
	}
}

// maxGap bounds the time one look at memory stands for, so that a clock that
// jumps does not bill an app for it.
const maxGap = 2 * tickEvery

func (i *instance) sample() {
	cpu, mem := i.proc.Usage()
	now := i.a.m.o.Clock.Now()
	i.mu.Lock()
	gap := min(max(now.Sub(i.lookedAt), 0), maxGap)
	held := mem
	if held == 0 {
		held = i.memMiB // it ended since
	}
	u := core.Usage{CPUMS: max(cpu-i.cpuMS, 0), MiBMS: held * gap.Milliseconds()}
	i.cpuMS, i.memMiB, i.lookedAt = max(cpu, i.cpuMS), mem, now
	i.mu.Unlock()
	i.a.ledger.add(now, u)
}
