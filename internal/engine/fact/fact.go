// Package fact keeps what was observed of apps, and how much of the time that
// went by is proven (promise 3: a failed read is not absence).
//
// Each source of facts has its own clock. It runs from one good reading to the
// next: what a good reading says is proven up to the moment of that reading, and
// not a moment further. When a reading fails, the time from the last good one to
// the next good one is an outage; in it the clock stands still, also afterwards,
// when the source is back. So nothing ages an app that nobody could look at.
package fact

import (
	"context"
	"strconv"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// LastUse is the kind of fact that idle time is counted from: when people last
// used an app.
const LastUse = "last_use"

// Facts keeps the newest fact of each app, kind and source.
type Facts interface {
	PutFact(ctx context.Context, f core.Fact) error
	Facts(ctx context.Context, app core.ID) ([]core.Fact, error)
}

// Sources keeps the state of sources and their outages.
type Sources interface {
	// Source returns what is known of a source; ok is false for a new one.
	Source(ctx context.Context, name string) (s core.Source, ok bool, err error)
	PutSource(ctx context.Context, s core.Source) error
	AddOutage(ctx context.Context, o core.Outage) error
	// Outages lists a source's outages that ended after a moment, oldest first.
	Outages(ctx context.Context, source string, after int64) ([]core.Outage, error)
}

// Store is what facts are kept in. Quietly runs fn in one transaction for
// book-keeping; a call inside a transaction joins it.
type Store interface {
	Facts
	Sources
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Book keeps facts. It is safe for concurrent use if its parts are.
type Book struct {
	store Store
	audit Audit
	clock core.Clock
}

// New returns a book.
func New(store Store, audit Audit, clock core.Clock) *Book {
	return &Book{store: store, audit: audit, clock: clock}
}

// UsedAt is the fact that an app was last used at a moment.
func UsedAt(at time.Time) core.Fact {
	return core.Fact{Kind: LastUse, Status: core.Seen, Value: strconv.FormatInt(core.Stamp(at), 10)}
}

// NeverUsed is the fact that an app was not used since a moment, such as when
// it was made.
func NeverUsed(since time.Time) core.Fact {
	return core.Fact{Kind: LastUse, Status: core.NotSeen, Value: strconv.FormatInt(core.Stamp(since), 10)}
}

// Status returns what is known of a source. A source that was never read is
// ReadFailed.
func (b *Book) Status(ctx context.Context, source string) (core.Source, error) {
	s, ok, err := b.store.Source(ctx, source)
	if err == nil && !ok {
		s = core.Source{Name: source, Status: core.ReadFailed}
	}
	return s, err
}

func (b *Book) now() int64 { return core.Stamp(b.clock.Now()) }
