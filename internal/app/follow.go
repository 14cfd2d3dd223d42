package app

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
)

// follow keeps what this server holds in memory as the other replicas leave it:
// the rules in force, which version of an app runs, and a laboratory's clock.
func (h *house) follow(ctx context.Context) error {
	return h.store.Follow(ctx, h.hear, func(ctx context.Context) {
		h.followRules(ctx)
		h.followClock(ctx)
		err := h.deploys.FollowAll(ctx, func(app core.ID, err error) { h.lagging(ctx, app, err) })
		h.noted(ctx, "deployments of other servers were not taken over", err)
	})
}

func (h *house) hear(ctx context.Context, n store.News) {
	switch {
	case n.Topic == store.DeploymentChanged:
		if err := h.deploys.Follow(ctx, core.ID(n.Subject)); err != nil {
			h.lagging(ctx, core.ID(n.Subject), err)
		}
	case n.Subject == revisionSetting:
		h.followRules(ctx)
	case n.Subject == offsetSetting:
		h.followClock(ctx)
	}
}

func (h *house) followRules(ctx context.Context) {
	h.noted(ctx, "the rules that another server has put in force could not be read; those before stay in force here", h.shelf.follow(ctx))
}

func (h *house) followClock(ctx context.Context) {
	if h.lab != nil {
		h.noted(ctx, "the laboratory's clock", h.lab.restore(ctx, h.store))
	}
}

func (h *house) lagging(ctx context.Context, app core.ID, err error) {
	h.log.WarnContext(ctx, "an app runs as it was before another server changed it", "app", app, "error", err)
}

func (h *house) noted(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		h.log.WarnContext(ctx, what, "error", err, "cause", core.AsError(err).Err)
	}
}
