package app

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// onlookers are the auditors: they only read, and each read is an event, which
// is written before the answer.
func (h *house) onlookers() edge.Onlookers {
	return edge.Onlookers{
		Is:  authz.ReadOnly,
		Own: func(permission string) bool { return authz.Own(authz.Permission(permission)) },
		Saw: func(ctx context.Context, who core.Person, e core.Event, app string) error {
			e.Actor = identity.ActorOf(who, e.Data["door"])
			if app != "" {
				a, err := h.store.AppByName(ctx, app)
				if err != nil && core.CodeOf(err) != core.NotFound {
					return err
				}
				e.AppID = a.ID
			}
			return h.store.InTx(ctx, func(ctx context.Context) error { return h.audit.Append(ctx, e) })
		},
	}
}
