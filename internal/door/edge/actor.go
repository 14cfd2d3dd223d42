package edge

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

type actorKey struct{}

// WithActor returns a context that names who acts, and through which door.
func WithActor(ctx context.Context, a core.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// Actor returns who acts, as the audit log should name them.
func Actor(ctx context.Context) core.Actor {
	if a, ok := ctx.Value(actorKey{}).(core.Actor); ok {
		return a
	}
	return core.Actor{Kind: core.ActorUnknown}
}
