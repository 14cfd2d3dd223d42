package audit

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	tileHeight = 8   // levels of the tree in one tile
	tileWidth  = 256 // hashes in a full tile
)

// Tree is the sequencer's view of the store. What is stored never changes.
type Tree interface {
	// Size returns the number of integrated leaves.
	Size(ctx context.Context) (int64, error)
	// Pending returns the oldest events that are committed but not integrated,
	// by id, at most limit.
	Pending(ctx context.Context, limit int) ([]core.AuditPending, error)
	HashStore
	// Integrate stores one batch in one transaction, or nothing, and takes its
	// events off what is pending. b.First must equal the current size, else it
	// returns an error of code Conflict (compare and swap); also when one of the
	// events is not pending any more.
	Integrate(ctx context.Context, b core.AuditBatch) error
}

// HashStore reads the stored tree. Only two kinds of hashes are stored: those of
// the leaves, and the roots of full tiles, which are complete subtrees of 256,
// 256 x 256 and so on leaves. Everything else is computed from at most 256
// hashes at each level.
type HashStore interface {
	// Nodes returns n hashes from index first on at a level of tiles: level 0
	// holds the leaves, level l the roots of 256^l leaves each. A missing one is
	// an error.
	Nodes(ctx context.Context, level int, first int64, n int) ([][32]byte, error)
	// Checkpoint returns the newest checkpoint as the log signed it, "" if there
	// is none.
	Checkpoint(ctx context.Context) (string, error)
}

// tileReader reads stored tiles. It implements tlog.TileReader, so that x/mod
// holds what it reads against a signed root before anything is made of it.
type tileReader struct {
	ctx    context.Context
	store  HashStore
	failed error                // the store's own failure, if that is the cause
	kept   map[tlog.Tile][]byte // tiles that were checked; nil keeps none
}

// Height implements tlog.TileReader.
func (r *tileReader) Height() int { return tileHeight }

// SaveTiles implements tlog.TileReader. x/mod calls it with tiles that hold.
func (r *tileReader) SaveTiles(tiles []tlog.Tile, data [][]byte) {
	if r.kept == nil {
		return
	}
	for i, t := range tiles {
		r.kept[t] = data[i]
	}
}

// ReadTiles implements tlog.TileReader.
func (r *tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		if data, ok := r.kept[t]; ok {
			out[i] = data
			continue
		}
		data, err := readTile(r.ctx, r.store, t.L, t.N, t.W)
		if err != nil {
			r.failed = err
			return nil, err
		}
		out[i] = data
	}
	return out, nil
}

// readTile returns the hashes of one tile, one behind the other.
func readTile(ctx context.Context, store HashStore, level int, n int64, width int) ([]byte, error) {
	hashes, err := store.Nodes(ctx, level, n*tileWidth, width)
	if err != nil {
		return nil, err
	}
	if len(hashes) != width {
		return nil, fmt.Errorf("audit: the store gave %d hashes of level %d from %d on, not %d", len(hashes), level, n*tileWidth, width)
	}
	data := make([]byte, 0, width*tlog.HashSize)
	for _, h := range hashes {
		data = append(data, h[:]...)
	}
	return data, nil
}

// hashes reads stored hashes under the head c and holds them against its root.
// Errors: those of the store; Internal when the stored tree does not lead to
// that root.
func (r *tileReader) hashes(c Checkpoint, indexes []int64) ([]tlog.Hash, error) {
	h, err := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, r).ReadHashes(indexes)
	if err != nil {
		return nil, r.fault(c, err)
	}
	return h, nil
}

// fault tells a store that failed from a tree that is damaged.
func (r *tileReader) fault(c Checkpoint, err error) error {
	if r.failed != nil {
		return r.failed
	}
	return (&core.Error{Code: core.Internal, Err: err,
		Msg: fmt.Sprintf("The audit tree of %d leaves does not match its checkpoint.", c.Size)}).
		Hinted("Run paddock audit verify: stored hashes were changed.")
}

// known reads hashes that are in memory, by tlog's index. It implements
// tlog.HashReader.
type known map[int64]tlog.Hash

// ReadHashes implements tlog.HashReader.
func (k known) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		h, ok := k[index]
		if !ok {
			return nil, fmt.Errorf("audit: hash %d is not at hand", index)
		}
		out[i] = h
	}
	return out, nil
}

// frontier returns the tlog indexes of the full subtrees that make up a tree of
// the given size: all that is needed to extend it.
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
