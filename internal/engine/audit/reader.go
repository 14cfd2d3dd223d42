package audit

import (
	"context"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
)

// Store is what a Reader reads from.
type Store interface {
	HashStore
	// Leaves returns n leaves from index first on, byte for byte. Fewer is an error.
	Leaves(ctx context.Context, first int64, n int) ([]string, error)
	// IndexOf returns the index of an integrated event; NotFound otherwise.
	IndexOf(ctx context.Context, event core.ID) (int64, error)
}

// Reader gives proofs and tiles of the log. It only reads, and never goes past
// the newest signed checkpoint. It is safe for concurrent use if its store is.
type Reader struct {
	store    Store
	verifier note.Verifier
}

// NewReader returns a reader of the log that verifier's key signs for.
func NewReader(store Store, verifier note.Verifier) *Reader {
	return &Reader{store: store, verifier: verifier}
}

// Checkpoint returns the newest checkpoint, signed and read. NotFound while
// the log is empty.
func (r *Reader) Checkpoint(ctx context.Context) (signed string, c Checkpoint, err error) {
	signed, err = r.store.Checkpoint(ctx)
	if err != nil {
		return "", c, err
	}
	if signed == "" {
		return "", c, core.Errorf(core.NotFound, "the audit log has no checkpoint yet").Hinted("Try again in a second.")
	}
	c, err = OpenCheckpoint(signed, r.verifier)
	return signed, c, err
}

// Open checks the log's own signature of a checkpoint and reads it.
func (r *Reader) Open(signed string) (Checkpoint, error) { return OpenCheckpoint(signed, r.verifier) }

// ProveEvent returns the inclusion proof of an event against the newest
// checkpoint. NotFound if it is not integrated yet.
func (r *Reader) ProveEvent(ctx context.Context, event core.ID) (Proof, error) {
	index, err := r.store.IndexOf(ctx, event)
	if err != nil {
		return Proof{}, err
	}
	signed, c, err := r.Checkpoint(ctx)
	if err != nil {
		return Proof{}, err
	}
	return r.ProveIndex(ctx, index, signed, c)
}

// ProveIndex returns the inclusion proof of the leaf at index against the
// checkpoint c, whose signed form goes into the proof. Prove many leaves with a
// Prover.
func (r *Reader) ProveIndex(ctx context.Context, index int64, signed string, c Checkpoint) (Proof, error) {
	return r.Prover(signed, c).Prove(ctx, index)
}

// Prover proves many leaves against one checkpoint. It keeps the tiles it has
// read. It is not safe for concurrent use.
type Prover struct {
	tiles  tileReader
	signed string
	head   Checkpoint
}

// Prover returns a prover under the checkpoint c; signed is its signed form.
func (r *Reader) Prover(signed string, c Checkpoint) *Prover {
	return &Prover{tiles: tileReader{store: r.store, kept: map[tlog.Tile][]byte{}}, signed: signed, head: c}
}

// Prove returns the inclusion proof of the leaf at index. The stored tree is
// held against the checkpoint first. Errors: NotFound for a leaf past it.
func (p *Prover) Prove(ctx context.Context, index int64) (Proof, error) {
	c := p.head
	if index < 0 || index >= c.Size {
		return Proof{}, core.Errorf(core.NotFound, "leaf %d is not in the checkpoint of %d leaves", index, c.Size).
			Hinted("Ask for a newer checkpoint.")
	}
	if len(p.tiles.kept) > maxKept {
		clear(p.tiles.kept)
	}
	p.tiles.ctx, p.tiles.failed = ctx, nil
	hashes, err := tlog.ProveRecord(c.Size, index, tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, &p.tiles))
	if err != nil {
		return Proof{}, p.tiles.fault(c, err)
	}
	return Proof{Index: index, Hashes: hashes, Checkpoint: p.signed}, nil
}

// maxKept bounds the tiles that a prover keeps: 8 KiB each.
const maxKept = 1024

// ProveConsistency returns the RFC 6962 proof that the tree of old leaves is a
// prefix of the tree of size leaves; 1 <= old <= size <= the newest checkpoint.
func (r *Reader) ProveConsistency(ctx context.Context, old, size int64) ([]tlog.Hash, error) {
	_, c, err := r.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	if old < 1 || old > size || size > c.Size {
		return nil, core.Errorf(core.Invalid, "no consistency proof from %d to %d leaves; the log has %d", old, size, c.Size).
			Hinted("Ask for 1 <= old <= new <= %d.", c.Size)
	}
	tiles := &tileReader{ctx: ctx, store: r.store}
	proof, err := tlog.ProveTree(size, old, tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, tiles))
	if err != nil {
		return nil, tiles.fault(c, err)
	}
	return proof, nil
}
