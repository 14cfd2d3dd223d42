package verify

import "context"

// Row is one leaf as it is stored, with the event it stands for.
type Row struct {
	Index    int64
	EventID  string // as the leaf's row names it
	Hash     string // stored leaf hash, hexadecimal
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

// Extent says what is stored, at one moment.
type Extent struct {
	Leaves  int64 // number of leaf rows
	Lowest  int64 // lowest index of a leaf row, 0 if there is none
	End     int64 // highest index of a leaf row plus one, 0 if there is none
	Pending int64 // events that are committed but have no leaf yet
}

// Source is where stored audit data is read from. Its methods may be called
// concurrently. yield returns an error to stop; it is passed on.
type Source interface {
	// Heads yields the signed checkpoints and the sizes they are stored under,
	// by size, and returns the extent of the same moment.
	Heads(ctx context.Context, yield func(size int64, note string) error) (Extent, error)
	// Rows yields the leaves with from <= index < to that exist, by index.
	Rows(ctx context.Context, from, to int64, yield func(*Row) error) error
	// Nodes yields the stored roots of full tiles with from <= n < to of a level
	// that exist, by number, in hexadecimal.
	Nodes(ctx context.Context, level int, from, to int64, yield func(n int64, hex string) error) error
}
