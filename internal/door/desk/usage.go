package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Costs knows what apps use and what it costs.
type Costs interface {
	// Last30 returns what some apps cost in the last 30 days, and in which currency.
	Last30(ctx context.Context, apps []core.ID) (costs map[core.ID]float64, currency string, err error)
	Detail(ctx context.Context, a core.App) (view.Usage, error)
}

func (d *Desk) usage(ctx context.Context, a core.App, v *view.App) error {
	u, err := d.Costs.Detail(ctx, a)
	v.Usage = u
	return err
}
