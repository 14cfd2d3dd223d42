package app

import (
	"context"
	"errors"
	"sync/atomic"

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
	broken atomic.Bool // a laboratory makes it unreadable
}

// read returns one fact for each app in service.
func (a *activity) read(ctx context.Context) (map[core.ID]core.Fact, error) {
	if a.broken.Load() {
		return nil, errors.New("the laboratory has made this source unreadable")
	}
	if err := a.flush(ctx); err != nil {
		return nil, err
	}
	out := map[core.ID]core.Fact{}
	for _, state := range []core.AppState{core.AppActive, core.AppIdle} {
		apps, err := a.store.AppsIn(ctx, state)
		if err != nil {
			return nil, err
		}
		for _, app := range apps {
			if app.LastActive == 0 {
				out[app.ID] = fact.NeverUsed(core.Moment(app.Created))
				continue
			}
			out[app.ID] = fact.UsedAt(core.Moment(app.LastActive))
		}
	}
	return out, nil
}
