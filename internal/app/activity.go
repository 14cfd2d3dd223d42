package app

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fact"
)

// activitySource is the name of the source of last use: the front door itself.
const activitySource = "front-door"

// activity reads when each app in service was last used.
type activity struct {
	store  *store.DB
	flush  func(ctx context.Context) error
	clock  core.Clock
	idle   func() time.Duration // after which apps are idle, by the rules in force
	broken atomic.Bool          // a laboratory makes it unreadable
}

// read returns one fact for each app in service that could be idle: of the others
// nothing is asked before they have been unused for half of that time, and then
// the source still knows when they were used last.
func (a *activity) read(ctx context.Context) (map[core.ID]core.Fact, error) {
	if a.broken.Load() {
		return nil, errors.New("the laboratory has made this source unreadable")
	}
	if err := a.flush(ctx); err != nil {
		return nil, err
	}
	out := map[core.ID]core.Fact{}
	since := core.Stamp(a.clock.Now().Add(-a.idle() / 2))
	for state, before := range map[core.AppState]int64{core.AppActive: since, core.AppIdle: math.MaxInt64} {
		if err := a.each(ctx, state, before, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// each adds the facts of the apps of a state that were not used since a moment.
func (a *activity) each(ctx context.Context, state core.AppState, before int64, out map[core.ID]core.Fact) error {
	const batch = 1000
	for after := core.ID(""); ; {
		apps, err := a.store.UnusedApps(ctx, state, before, after, batch)
		if err != nil {
			return err
		}
		for _, app := range apps {
			after = app.ID
			if app.LastActive == 0 {
				out[app.ID] = fact.NeverUsed(core.Moment(app.Created))
				continue
			}
			out[app.ID] = fact.UsedAt(core.Moment(app.LastActive))
		}
		if len(apps) < batch {
			return nil
		}
	}
}
