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
	leaf    int // number of the part that ends here, counted from 1; 0 for none
	against []held
	keys    map[string]*node
}

// held is a part that is only held against texts.
type held struct {
	leaf  int
	texts []string
}

// ends reports whether a part ends at the node.
func (n *node) ends() bool { return n.leaf != 0 || len(n.against) > 0 }

// Add takes the glances into the plan and returns how to make keys of them. Keys
// depend on the glances and their order, and not on what else is in the plan.
func (p *Plan) Add(glances []Glance) Reading {
	out := make(Reading, 0, len(glances))
	for _, g := range glances {
		out = append(out, p.leaf(g))
	}
	return out
}

// Join returns the reading of all parts of the readings of one plan.
func Join(list ...Reading) Reading {
	out := slices.Concat(list...)
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *Plan) leaf(g Glance) int {
	n := &p.root
	for _, key := range g.Path {
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
	if len(g.Against) > 0 {
		return p.heldAgainst(n, g.Against)
	}
	if n.leaf == 0 {
		p.leaves++
		n.leaf = p.leaves
	}
	return n.leaf
}

func (p *Plan) heldAgainst(n *node, texts []string) int {
	for _, h := range n.against {
		if slices.Equal(h.texts, texts) {
			return h.leaf
		}
	}
	p.leaves++
	n.against = append(n.against, held{p.leaves, texts})
	return p.leaves
}

// Parts are a document's parts, as one plan numbers them.
type Parts struct {
	sums  []Key
	spans [][]byte // their texts; nil for a part that the document lacks
	odd   bool     // there is no object where a path leads through
}

// Text returns the JSON of the n-th part of a reading; nil if the document lacks
// it. It may not be changed.
func (p Parts) Text(r Reading, n int) []byte { return p.spans[r[n]] }

// Plain reports whether every path leads through objects only, so that the texts
// are all there is to know of the parts.
func (p Parts) Plain() bool { return !p.odd }

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
