package verify

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// chunkSize is how many leaves one worker reads at a time: full tiles.
const chunkSize = 64 * tileWidth

// chunk is what a worker made of the leaves from..to, which start with a tile.
type chunk struct {
	from, to int64
	tiles    []tile
	heads    []head    // with from < size <= to, by size
	faults   []Problem // of leaves
	unsigned []Problem // of checkpoints
	absent   int64     // leaves whose event is gone
	erased   int64
	latest   int64 // the latest time of an event
	err      error
}

// tile is what became of up to tileWidth leaves.
type tile struct {
	leaves []hash     // as the log keeps their hashes
	fresh  []hash     // computed from the events; nil if they are the same
	root   hash       // of leaves, if the tile is full
	node   storedHash // the stored root, if the tile is full
}

type storedHash struct {
	hash hash
	ok   bool // there was a readable one
}

// worker reads chunks. It is not safe for concurrent use.
type worker struct {
	src      Source
	verifier note.Verifier
	rows     rowChecker
}

// read reads and checks the leaves from..to with what is stored over them.
func (w *worker) read(ctx context.Context, from, to int64) *chunk {
	c := &chunk{from: from, to: to}
	stored, fresh := make([]hash, to-from), make([]storedHash, to-from)
	next := from
	c.err = w.src.Rows(ctx, from, to, func(r *Row) error {
		if r.Index < next || r.Index >= to {
			return core.Errorf(core.Unreadable, "leaf %d came out of order", r.Index)
		}
		c.missing(next, r.Index)
		next = r.Index + 1
		w.row(c, r, &stored[r.Index-from], &fresh[r.Index-from])
		return ctx.Err()
	})
	if c.err == nil {
		c.missing(next, to)
		c.err = w.heads(ctx, c)
	}
	if c.err == nil {
		c.err = w.cut(ctx, c, stored, fresh)
	}
	return c
}

// row checks one row. stored becomes its leaf hash as the log keeps it, fresh
// that of the event's bytes where it differs.
func (w *worker) row(c *chunk, r *Row, stored *hash, fresh *storedHash) {
	k := w.rows.check(r)
	c.faults = append(c.faults, k.faults...)
	c.erased += int64(k.erased)
	if k.missing {
		c.absent++
	}
	if k.same {
		*stored = k.hash
		c.latest = max(c.latest, r.Columns.At)
		return
	}
	h, ok := parseHex(r.Hash)
	if !ok {
		h = k.hash
	}
	*stored, *fresh = h, storedHash{k.hash, !k.missing}
}

// missing notes that the leaves from..to are not there.
func (c *chunk) missing(from, to int64) {
	if from == to {
		return
	}
	where := fmt.Sprintf("audit_leaf idx %d", from)
	if to-from > 1 {
		where = fmt.Sprintf("audit_leaf idx %d to %d", from, to-1)
	}
	c.faults = append(c.faults, Problem{from, "A row of the log was deleted.", where, "", fixRestore})
}

// heads reads the checkpoints that end in the chunk.
func (w *worker) heads(ctx context.Context, c *chunk) error {
	return w.src.Heads(ctx, c.from, c.to, func(size int64, signed string) error {
		h, fault := readHead(size, signed, w.verifier)
		if fault != nil {
			c.unsigned = append(c.unsigned, *fault)
		} else {
			c.heads = append(c.heads, h)
		}
		return ctx.Err()
	})
}

// cut makes tiles of the leaves and reads their stored roots.
func (w *worker) cut(ctx context.Context, c *chunk, stored []hash, fresh []storedHash) error {
	for at := 0; at < len(stored); at += tileWidth {
		past := min(at+tileWidth, len(stored))
		t := tile{leaves: stored[at:past]}
		for i, f := range fresh[at:past] {
			if !f.ok {
				continue
			}
			if t.fresh == nil {
				t.fresh = slices.Clone(t.leaves)
			}
			t.fresh[i] = f.hash
		}
		if t.full() {
			t.root = tileRoot(t.leaves)
		}
		c.tiles = append(c.tiles, t)
	}
	first := c.from / tileWidth
	full := int64(len(stored)) / tileWidth
	return w.src.Nodes(ctx, 1, first, first+full, func(n int64, text string) error {
		if at := n - first; at >= 0 && at < full {
			h, ok := parseHex(text)
			c.tiles[at].node = storedHash{h, ok}
		}
		return ctx.Err()
	})
}

func (t *tile) full() bool { return len(t.leaves) == tileWidth }

// readChunks reads chunks up to size with several workers and hands them to
// use in order.
func (v *run) readChunks(ctx context.Context, src Source, size int64, workers int, use func(*chunk) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	idle := make(chan *worker, workers)
	for range workers {
		idle <- &worker{src: src, verifier: v.verifier}
	}
	queue := make(chan chan *chunk, workers)
	go func() {
		defer close(queue)
		for from := int64(0); from < size; from += chunkSize {
			done := make(chan *chunk, 1)
			select {
			case queue <- done:
			case <-ctx.Done():
				return
			}
			w := <-idle
			go func() {
				done <- w.read(ctx, from, min(from+chunkSize, size))
				idle <- w
			}()
		}
	}()
	for done := range queue {
		c := <-done
		if c.err != nil {
			return c.err
		}
		if err := use(c); err != nil {
			return err
		}
	}
	return ctx.Err()
}
