package projection

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
)

// Key is equal for documents that agree on all paths of a reading.
type Key [sha256.Size]byte

// Plan finds the parts of documents for many readings in one pass. Add all
// readings, then Scan; a plan that is no longer added to is safe for concurrent use.
type Plan struct {
	root     node
	leaves   int
	decoders sync.Pool // of *jsontext.Decoder: one costs more to make than to use
}

// Reading is one set of paths of a plan: the numbers of its leaves.
type Reading []int

// node is a step on the way to parts of a document.
type node struct {
	leaf int // number of the part that ends here, counted from 1; 0 for none
	keys map[string]*node
}

// Add takes the paths into the plan and returns how to make keys of them.
func (p *Plan) Add(paths []Path) Reading {
	out := make(Reading, 0, len(paths))
	for _, path := range paths {
		out = append(out, p.leaf(path))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *Plan) leaf(path Path) int {
	n := &p.root
	for _, key := range path {
		if n.keys == nil {
			n.keys = map[string]*node{}
		}
		next := n.keys[key]
		if next == nil {
			next = &node{}
			n.keys[key] = next
		}
		n = next
	}
	if n.leaf == 0 {
		p.leaves++
		n.leaf = p.leaves
	}
	return n.leaf
}

// Parts are the sums of a document's parts, as one plan numbers them.
type Parts struct{ sums []Key }

// Key returns the key of the document for one reading of the plan that it was
// scanned by. Whoever keeps answers of several rules in one place gives each
// rule a number of its own.
func (p Parts) Key(rule uint32, r Reading) Key {
	var short [4 + 24*sha256.Size]byte
	b := binary.BigEndian.AppendUint32(short[:0], rule)
	for _, leaf := range r {
		b = append(b, p.sums[leaf][:]...)
	}
	return sha256.Sum256(b)
}
