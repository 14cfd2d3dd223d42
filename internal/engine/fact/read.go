package fact

import (
	"context"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Read reads a source once and keeps what it says. reader returns one fact for
// each app that it could look at; an app that is missing, or whose status is
// ReadFailed, stays as it was known. reader runs outside any transaction and
// must bound its own time; what it says is proven up to the moment it started.
// If it fails, the source's clock stands still and Read returns the failure as
// Unavailable. A fact that makes no sense is left out and returned as Internal;
// the others are kept. Events: source.lost and source.back.
func (b *Book) Read(ctx context.Context, source string, reader func(ctx context.Context) (map[core.ID]core.Fact, error)) error {
	started := b.now()
	facts, failure := reader(ctx)
	var odd []*core.Error
	err := b.store.Quietly(ctx, func(ctx context.Context) error {
		s, known, err := b.store.Source(ctx, source)
		if err != nil {
			return err
		}
		if !known {
			s = core.Source{Name: source}
		}
		if failure != nil {
			return b.lost(ctx, s, started)
		}
		if s, err = b.good(ctx, s, started); err != nil {
			return err
		}
		odd, err = b.keepAll(ctx, s, facts)
		return err
	})
	if err == nil && failure != nil {
		return core.Errorf(core.Unavailable, "The source %q could not be read, so its clock stands still: %w", source, failure).
			Hinted("Nothing is lost. It is read again later.")
	}
	if err != nil {
		return err
	}
	return core.Join(core.Internal, "Some facts make no sense.", odd)
}

func (b *Book) keepAll(ctx context.Context, s core.Source, facts map[core.ID]core.Fact) (odd []*core.Error, err error) {
	for app, f := range facts {
		if f.Status == core.ReadFailed {
			continue
		}
		f.AppID, f.Source, f.Observed = app, s.Name, s.ReadAt
		if bad := check(&f); bad != nil {
			odd = append(odd, bad)
			continue
		}
		if err := b.keep(ctx, f); err != nil {
			return nil, err
		}
	}
	return odd, nil
}

// lost records that a source could not be read. The outage counts from the last
// good reading, because nothing is proven since then.
func (b *Book) lost(ctx context.Context, s core.Source, at int64) error {
	if s.Status == core.ReadFailed {
		return nil
	}
	s.Since = min(s.ReadAt, at)
	if s.Status == "" {
		s.Since = at
	}
	s.Status = core.ReadFailed
	if err := b.store.PutSource(ctx, s); err != nil {
		return err
	}
	return b.record(ctx, "source.lost", s)
}

// good records a good reading, and the outage that it ends. A machine's clock
// that went back may have been wrong before: then the source's clock goes back
// with it, so that no time is proven that has not passed by either.
func (b *Book) good(ctx context.Context, s core.Source, at int64) (core.Source, error) {
	s.Since = min(s.Since, at)
	was := s.Status
	if was == core.ReadFailed {
		if err := b.store.AddOutage(ctx, core.Outage{Source: s.Name, Began: s.Since, Ended: at}); err != nil {
			return s, err
		}
		s.Stood += at - s.Since
	}
	if was != core.Seen {
		s.Since = at
	}
	s.Status, s.ReadAt = core.Seen, at
	if err := b.store.PutSource(ctx, s); err != nil {
		return s, err
	}
	if was == core.ReadFailed {
		return s, b.record(ctx, "source.back", s)
	}
	return s, nil
}

// keep keeps one fact of a good reading. Use never goes back: what was seen
// once stays seen, even if the source forgets it.
func (b *Book) keep(ctx context.Context, f core.Fact) error {
	if f.Kind == LastUse && f.Status != core.Gone {
		old, known, err := b.lastUse(ctx, f.AppID, f.Source)
		if err != nil {
			return err
		}
		if known && old.Status != core.Gone && (moment(old) > moment(f) || old.Status == core.Seen && f.Status == core.NotSeen) {
			f.Status, f.Value = old.Status, old.Value
		}
	}
	return b.store.PutFact(ctx, f)
}

// check refuses a fact that makes no sense, and lets a NotSeen fact without a
// moment count from now on.
func check(f *core.Fact) *core.Error {
	if f.Kind == LastUse && f.Status == core.NotSeen && f.Value == "" {
		f.Value = strconv.FormatInt(f.Observed, 10)
	}
	known := f.Status == core.Seen || f.Status == core.NotSeen || f.Status == core.Gone
	if f.Kind == "" || !known || f.Kind == LastUse && f.Status != core.Gone && moment(*f) == 0 {
		return core.Errorf(core.Internal, "The source %q says %q, %q, %q of the app %q.", f.Source, f.Kind, f.Status, f.Value, f.AppID)
	}
	return nil
}

// moment returns the moment of last use that f tells of; 0 if it tells none.
func moment(f core.Fact) int64 {
	at, err := strconv.ParseInt(f.Value, 10, 64)
	if err != nil || at < 0 {
		return 0
	}
	return at
}

func (b *Book) record(ctx context.Context, action string, s core.Source) error {
	return b.audit.Append(ctx, core.Event{Action: action, Actor: core.System("facts"), Target: s.Name, Code: "ok",
		Data: map[string]string{"since": core.Moment(s.Since).Format(time.RFC3339)}})
}
