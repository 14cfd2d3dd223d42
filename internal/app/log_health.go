package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// mostPending is how far waiting events are counted.
const mostPending = 1000

// Health implements desk.EventStore: what waits for a place in the log, for how
// long, and who keeps watch.
func (l eventLog) Health(ctx context.Context, now time.Time) (h view.LogHealth, err error) {
	waiting, err := l.store.Pending(ctx, mostPending)
	if err != nil {
		return h, err
	}
	if h.Pending = len(waiting); h.Pending > 0 {
		h.Oldest = momentOf(waiting[0].Leaf)
		h.Lag = max(0, now.Sub(h.Oldest).Seconds())
	}
	_, c, err := l.reader.Checkpoint(ctx)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return h, err
	}
	if h.Size = c.Size; h.Size > 0 {
		leaves, err := l.store.Leaves(ctx, h.Size-1, 1)
		if err != nil {
			return h, err
		}
		h.Newest = momentOf(leaves[0])
	}
	h.Watch, err = l.watch(ctx)
	return h, err
}

// momentOf reads when the event of a leaf was.
func momentOf(leaf string) time.Time {
	var e struct {
		At int64 `json:"at"`
	}
	_ = json.Unmarshal([]byte(leaf), &e) // a leaf that cannot be read is for audit verify to tell
	return core.Moment(e.At)
}
