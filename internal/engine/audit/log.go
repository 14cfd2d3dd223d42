package audit

import (
	"context"
	"io"

	"github.com/paddock-dev/paddock/internal/core"
)

// Rows stores events.
type Rows interface {
	// InsertEvent writes one event in the caller's transaction, which it finds
	// through ctx; it fails when there is none. leaf and opening are stored byte
	// for byte; the fields of e become searchable columns. e.Actor.Name, e.Target
	// and opening may name a person: erasing them (actor_name and target to "",
	// opening to what Without leaves of it) keeps every proof. Rows are never updated otherwise.
	InsertEvent(ctx context.Context, e core.Event, leaf, opening string) error
}

// Log takes events in. It is safe for concurrent use if its Rows are.
type Log struct {
	rows  Rows
	clock core.Clock
	order order
	rand  io.Reader
}

// NewLog returns a log over rows. rand must be a cryptographic source, since
// the salts of personal fields come from it.
func NewLog(rows Rows, clock core.Clock, ids core.IDs, rand io.Reader) *Log {
	return &Log{rows: rows, clock: clock, order: order{ids: ids}, rand: rand}
}

// Append writes e in the caller's transaction. A missing ID or At is filled in.
// If it fails the caller must not commit. Errors: Invalid for a malformed
// event, TooLarge for a leaf over MaxLeaf bytes, else those of the store.
func (l *Log) Append(ctx context.Context, e core.Event) error {
	e = cleaned(l.Named(e))
	if err := checkEvent(e); err != nil {
		return err
	}
	leaf, opening, err := encode(e, l.rand)
	if err != nil {
		return core.Hidden("Reading randomness for an audit event", err)
	}
	if len(leaf) > MaxLeaf {
		return core.Errorf(core.TooLarge, "audit event %s has %d bytes; at most %d fit", e.Action, len(leaf), MaxLeaf).
			Hinted("Put a digest of the long value into the event instead of the value.")
	}
	return l.rows.InsertEvent(ctx, e, leaf, opening)
}

// Named returns e with its ID and At, where they are missing, for records that
// must name the event before it is appended.
func (l *Log) Named(e core.Event) core.Event {
	if e.At == 0 {
		e.At = core.Stamp(l.clock.Now())
	}
	if e.ID == "" {
		e.ID = l.order.next(core.Moment(e.At))
	}
	return e
}
