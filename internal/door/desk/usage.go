package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Costs knows what apps use and what it costs.
type Costs interface {
	Of(ctx context.Context, a core.App) (Cost, error)
	Detail(ctx context.Context, a core.App) (view.Usage, error)
}

// Cost is an app's cost in short.
type Cost struct {
	Last30   float64
	Currency string
}

func (d *Desk) usage(ctx context.Context, a core.App, v *view.App) error {
	u, err := d.Costs.Detail(ctx, a)
	v.Usage = u
	return err
}
