package fact

import (
	"context"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Idle returns for how long an app is proven to be unused, as a source saw it:
//
//	last good look at the app - last use - outages of the source in between
//
// It stands still while the source cannot be read. It is never negative, and
// what lies ahead of the machine's clock is not proven. known is false, and the time 0, when the source has never looked at the app.
func (b *Book) Idle(ctx context.Context, app core.ID, source string) (idle time.Duration, known bool, err error) {
	f, ok, err := b.lastUse(ctx, app, source)
	if err != nil || !ok {
		return 0, false, err
	}
	used := moment(f)
	if used == 0 || f.Status != core.Seen && f.Status != core.NotSeen {
		return 0, false, nil
	}
	outages, err := b.store.Outages(ctx, source, used)
	if err != nil {
		return 0, false, err
	}
	seen := min(f.Observed, b.now())
	us := seen - used - stood(outages, used, seen)
	return time.Duration(max(us, 0)) * time.Microsecond, true, nil
}

// Touch counts as use of an app at this moment: its owner said that it is still
// wanted. It joins the caller's transaction.
func (b *Book) Touch(ctx context.Context, app core.ID, source string) error {
	return b.store.Quietly(ctx, func(ctx context.Context) error {
		s, _, err := b.store.Source(ctx, source)
		if err != nil {
			return err
		}
		old, _, err := b.lastUse(ctx, app, source)
		if err != nil {
			return err
		}
		at := max(b.now(), s.ReadAt, moment(old)) // never before what is known, even if the machine's clock went back
		return b.store.PutFact(ctx, core.Fact{AppID: app, Kind: LastUse, Source: source, Status: core.Seen,
			Value: strconv.FormatInt(at, 10), Observed: at})
	})
}

func (b *Book) lastUse(ctx context.Context, app core.ID, source string) (core.Fact, bool, error) {
	all, err := b.store.Facts(ctx, app)
	if err != nil {
		return core.Fact{}, false, err
	}
	for _, f := range all {
		if f.Kind == LastUse && f.Source == source {
			return f, true, nil
		}
	}
	return core.Fact{}, false, nil
}

// stood adds up the parts of outages between two moments, in microseconds.
// Outages of one source do not overlap.
func stood(outages []core.Outage, from, to int64) int64 {
	var sum int64
	for _, o := range outages {
		sum += max(0, min(o.Ended, to)-max(o.Began, from))
	}
	return sum
}
