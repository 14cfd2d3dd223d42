package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// Tree is the sequencer's view of the store. Hashes are stored under
// tlog.StoredHashIndex, without gaps, and never change.
type Tree interface {
	// Size returns the number of integrated leaves.
	Size(ctx context.Context) (int64, error)
	// Pending returns the oldest events that are committed but not integrated,
	// in insertion order, at most limit: two slices of equal length.
	Pending(ctx context.Context, limit int) (ids []core.ID, leaves []string, err error)
	HashStore
	// Integrate stores one batch in one transaction, or nothing. first is the
	// index of the first leaf and must equal the current size, else it returns
	// an error of code Conflict (compare and swap); also when one of the events
	// is integrated already.
	Integrate(ctx context.Context, b core.AuditBatch) error
}

// HashStore reads the stored tree.
type HashStore interface {
	// Hashes returns the stored hashes at the given indexes, in that order. A
	// missing one is an error.
	Hashes(ctx context.Context, indexes []int64) ([][32]byte, error)
	// Checkpoint returns the newest signed checkpoint, "" if there is none.
	Checkpoint(ctx context.Context) (string, error)
}

// hashReader reads hashes of a tree: the given ones first, then the store's.
type hashReader struct {
	ctx   context.Context
	store HashStore
	known map[int64]tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (r hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	var missing []int64
	var places []int
	for i, index := range indexes {
		if h, ok := r.known[index]; ok {
			hashes[i] = h
			continue
		}
		missing, places = append(missing, index), append(places, i)
	}
	if len(missing) == 0 {
		return hashes, nil
	}
	stored, err := r.store.Hashes(r.ctx, missing)
	if err != nil {
		return nil, err
	}
	if len(stored) != len(missing) {
		return nil, fmt.Errorf("audit: the store gave %d hashes for %d indexes", len(stored), len(missing))
	}
	for i, h := range stored {
		hashes[places[i]] = h
	}
	return hashes, nil
}

// frontier returns the stored-hash indexes of the full subtrees that make up a
// tree of the given size: all that is needed to extend it.
func frontier(size int64) []int64 {
	var indexes []int64
	var start int64
	for level := 62; level >= 0; level-- {
		if size&(1<<level) != 0 {
			indexes = append(indexes, tlog.StoredHashIndex(level, start>>level))
			start += 1 << level
		}
	}
	return indexes
}
