package verify

import (
	"context"
	"math"
)

// Row is one event as it is stored, with what points to it.
type Row struct {
	Index    int64  // of its leaf; for an event that waits, -1 or that of the leaf it should not have
	EventID  string // as the leaf, or what is pending, names it
	Hash     string // stored leaf hash, hexadecimal; empty for an event that waits
	Keys     Keys   // what searches find the leaf by; empty for an event that waits
	HasEvent bool   // the event's row exists; the rest is empty without it
	Leaf     string
	Opening  string
	Columns  Columns
}

// Columns are the searchable copies of a leaf's fields beside it.
type Columns struct {
	At                                          int64
	Action, ActorKind, ActorID, ActorName, Door string
	AppID, Gate, Target, Code                   string
}

// Keys are the copies of a leaf's fields that searches walk.
type Keys struct{ AppID, Action, ActorID, Gate, Code string }

// Extent says what is stored, at one moment.
type Extent struct {
	Leaves  int64 // number of leaf rows
	Lowest  int64 // lowest index of a leaf row, 0 if there is none
	End     int64 // highest index of a leaf row plus one, 0 if there is none
	Events  int64 // number of events
	Pending int64 // number of rows that name an event as pending
	Heads   int64 // number of checkpoints
	Newest  int64 // highest size of a checkpoint, 0 if there is none
	Levels  []Level
}

// Level says which stored nodes of one level there are.
type Level struct{ Level, Nodes, Lowest, End int64 }

// Source is where stored audit data is read from. Its methods may be called
// concurrently. yield returns an error to stop; it is passed on.
type Source interface {
	// Extent says what is stored, and yields the events that are pending of the
	// same moment, by id.
	Extent(ctx context.Context, yield func(*Row) error) (Extent, error)
	// Last returns the highest index of a leaf below the given one, -1 if there
	// is none.
	Last(ctx context.Context, below int64) (int64, error)
	// Rows yields the leaves with from <= index < to that exist, by index.
	Rows(ctx context.Context, from, to int64, yield func(*Row) error) error
	// Heads yields the signed checkpoints with from < size <= to, by the sizes
	// they are stored under.
	Heads(ctx context.Context, from, to int64, yield func(size int64, note string) error) error
	// Nodes yields the stored nodes of a level with from <= n < to that exist,
	// by n, in hexadecimal.
	Nodes(ctx context.Context, level, from, to int64, yield func(n int64, hex string) error) error
	// Lost yields the ids of events that have no leaf and are not pending, at
	// most limit. It may take long.
	Lost(ctx context.Context, limit int, yield func(id string) error) error
}

// past is the end of a range whose last member is given, -1 for none.
func past(last int64) int64 {
	if last == math.MaxInt64 {
		return last
	}
	return last + 1
}
