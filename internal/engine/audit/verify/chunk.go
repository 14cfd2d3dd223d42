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
	leaves   []checkedHash // one for each index
	stored   []storedHash  // one for each stored-hash index that the leaves complete
	faults   []Problem
	erased   int64
	err      error
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
		stored: make([]storedHash, storedCount(to)-storedCount(from))}
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
		c.faults = append(c.faults, k.faults...)
		c.erased += int64(k.erased)
		return ctx.Err()
	})
	if c.err == nil {
		c.absent(next, to)
		first := storedCount(from)
		c.err = src.Hashes(ctx, first, storedCount(to), func(index int64, text string) error {
			h, ok := parseHex(text)
			if at := index - first; at >= 0 && at < int64(len(c.stored)) {
				c.stored[at] = storedHash{h, ok}
			}
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
