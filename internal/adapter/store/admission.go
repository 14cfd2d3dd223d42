package store

import (
	"context"
	"maps"
	"slices"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddRepeats adds to how often decisions about workloads were made again.
func (d *DB) AddRepeats(ctx context.Context, times map[core.ID]int64, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(times)) {
		if err := w.AddRepeat(ctx, gen.AddRepeatParams{DecisionID: string(id), Times: times[id], Last: at}); err != nil {
			return broken("Counting decisions", err)
		}
	}
	return nil
}

// Repeats returns how often a decision was made again, and when last.
func (d *DB) Repeats(ctx context.Context, id core.ID) (times, last int64, err error) {
	row, err := d.r(ctx).GetRepeat(ctx, string(id))
	if core.CodeOf(found(err, "none")) == core.NotFound {
		return 0, 0, nil
	}
	return row.Times, row.Last, broken("Reading how often a decision was made", err)
}
