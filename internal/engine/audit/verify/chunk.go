package verify

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// chunkSize is how many leaves one worker reads at a time.
const chunkSize = 4096

// chunk is what a worker made of the leaves from..to.
type chunk struct {
	from, to int64
	leaves   []checkedHash         // one for each index
	kept     []storedHash          // the leaves' hashes as they are stored, one for each index
	nodes    map[nodeAt]storedHash // roots of the tiles that the leaves complete
	faults   []Problem
	erased   int64
	err      error
}

// nodeAt names the root of one full tile.
type nodeAt struct {
	level int
	n     int64
}

type checkedHash struct {
	hash hash
	ok   bool // there was a leaf
}

type storedHash struct {
	hash hash
	ok   bool // there was a readable hash
}

// readChunk reads and checks the leaves from..to and their stored hashes.
func readChunk(ctx context.Context, src Source, from, to int64) *chunk {
	c := &chunk{from: from, to: to, leaves: make([]checkedHash, to-from),
		kept: make([]storedHash, to-from), nodes: map[nodeAt]storedHash{}}
	checker := rowChecker{}
	next := from
	c.err = src.Rows(ctx, from, to, func(r *Row) error {
		if r.Index < next || r.Index >= to {
			return core.Errorf(core.Unreadable, "leaf %d came out of order", r.Index)
		}
		c.absent(next, r.Index)
		next = r.Index + 1
		k := checker.check(r)
		c.leaves[r.Index-from] = checkedHash{k.hash, !k.missing}
		stored, ok := parseHex(r.Hash)
		c.kept[r.Index-from] = storedHash{stored, ok}
		c.faults = append(c.faults, k.faults...)
		c.erased += int64(k.erased)
		return ctx.Err()
	})
	c.absent(next, to)
	for level, span := 1, int64(tileWidth); c.err == nil && span <= to; level, span = level+1, span*tileWidth {
		c.err = src.Nodes(ctx, level, from/span, to/span, func(n int64, text string) error {
			h, ok := parseHex(text)
			c.nodes[nodeAt{level, n}] = storedHash{h, ok}
			return ctx.Err()
		})
	}
	return c
}

// absent notes that the leaves from..to are not there.
func (c *chunk) absent(from, to int64) {
	if from == to {
		return
	}
	where := fmt.Sprintf("audit_leaf idx %d", from)
	if to-from > 1 {
		where = fmt.Sprintf("audit_leaf idx %d to %d", from, to-1)
	}
	c.faults = append(c.faults, Problem{from, "A row of the log was deleted.", where, "", fixRestore})
}

// readChunks reads chunks up to size with several workers and hands them to
// use in order.
func readChunks(ctx context.Context, src Source, size int64, workers int, use func(*chunk) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
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
			to := min(from+chunkSize, size)
			go func() { done <- readChunk(ctx, src, from, to) }()
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
