package verify

import "fmt"

// hypothesis is one way in which the log may have been before it was damaged.
// There is one as long as nothing disagrees. Where stored hashes do not fit
// together there are several, and the next signed checkpoint says which of them
// holds.
type hypothesis struct {
	tree  *tree
	fresh bool   // in the present tile, leaves are what their events give
	cost  []cost // what is wrong if this one holds, and was not told
}

// cost is a problem that is there if a hypothesis holds.
type cost struct {
	Problem
	tile *tile // whose leaves are not the ones of its stored root; nil for none
}

// maxHypotheses bounds how many ways are followed.
const maxHypotheses = 8

// add appends a subtree.
func (h *hypothesis) add(height int, root hash) { h.tree.add(height, root) }

// fork returns a copy of h.
func (h *hypothesis) fork() *hypothesis {
	return &hypothesis{tree: h.tree.clone(), cost: h.cost[:len(h.cost):len(h.cost)]}
}

// grow appends the tile that starts at the index start, and holds the tree
// against the checkpoints that lie in it.
func (v *run) grow(t *tile, start int64, heads []head) {
	end := start + int64(len(t.leaves))
	v.remember(start, t.leaves)
	sound := t.fresh == nil && (!t.full() || t.node.ok && t.node.hash == t.root)
	inside := 0
	for inside < len(heads) && heads[inside].size < end {
		inside++
	}
	switch {
	case sound && t.full() && inside == 0:
		for _, h := range v.hypotheses {
			h.add(tileHeight, t.root)
		}
	case sound:
		v.leafByLeaf(t, start, heads[:inside])
	default:
		before := v.copies()
		v.leafByLeaf(t, start, heads[:inside])
		if t.full() {
			v.doubt(t, start, before)
		}
	}
	if t.full() {
		for _, h := range v.hypotheses {
			v.upper(h)
		}
	}
	for _, h := range heads[inside:] {
		v.meet(h)
	}
}

// leafByLeaf appends the leaves of a tile, also as their events give them where
// that differs, and meets the checkpoints inside.
func (v *run) leafByLeaf(t *tile, start int64, heads []head) {
	v.freshen(t)
	for i, leaf := range t.leaves {
		for _, h := range v.hypotheses {
			if h.fresh {
				h.add(0, t.fresh[i])
			} else {
				h.add(0, leaf)
			}
		}
		for len(heads) > 0 && heads[0].size == start+int64(i)+1 {
			if v.meet(heads[0]) {
				v.freshen(t) // one held so far; from here on both are open again
			}
			heads = heads[1:]
		}
	}
	for _, h := range v.hypotheses {
		h.fresh = false
	}
}

// freshen opens the way on which leaves are what their events give.
func (v *run) freshen(t *tile) {
	if t.fresh == nil {
		return
	}
	more := v.copies()
	for i, h := range v.hypotheses {
		h.fresh, more[i].fresh = false, true
	}
	v.follow(more)
}

// copies returns a fork of each hypothesis.
func (v *run) copies() []*hypothesis {
	out := make([]*hypothesis, 0, len(v.hypotheses))
	for _, h := range v.hypotheses {
		out = append(out, h.fork())
	}
	return out
}

// follow takes further hypotheses up, as far as there is room.
func (v *run) follow(more []*hypothesis) {
	v.hypotheses = append(v.hypotheses, more...)
	if len(v.hypotheses) > maxHypotheses {
		v.hypotheses = v.hypotheses[:maxHypotheses]
	}
}

// doubt is called after a full tile that is not sound. If its stored root is not
// the one that its leaves have, either that root was damaged, or leaves were
// changed together with their hashes.
func (v *run) doubt(t *tile, start int64, before []*hypothesis) {
	damaged := Problem{start, "The stored tree is damaged: a hash in it is missing or changed.",
		fmt.Sprintf("audit_node level 1 n %d", start>>tileHeight), "", fixRestore}
	differs := false
	for _, h := range v.hypotheses {
		if !t.node.ok || h.tree.tileRoot() != t.node.hash {
			h.cost = append(h.cost, cost{damaged, nil})
			differs = true
		}
	}
	if !differs || !t.node.ok {
		return
	}
	from := max(start, v.good.size)
	changed := Problem{from, "Leaves were changed together with their hashes.",
		fmt.Sprintf("audit_leaf idx %d to %d", from, start+tileWidth-1), "", fixRestore}
	for _, h := range before {
		if v.toldLeaf < start && !v.forked {
			h.cost = append(h.cost, cost{changed, t})
		}
		h.add(tileHeight, t.node.hash)
	}
	v.follow(before)
}

// meet holds the tree against a checkpoint of its size, and reports whether one
// of the hypotheses leads to it. That one is the truth from then on.
func (v *run) meet(h head) bool {
	v.res.Signed++
	if h.known == 0 {
		v.res.Size, v.res.Checkpoint = h.size, h.note
	}
	for _, way := range v.hypotheses {
		if way.tree.root() != h.root {
			continue
		}
		v.settle(way)
		v.good, v.recent, v.forked = way.tree.clone(), v.recent[max(0, len(v.recent)-1):], false
		if h.known > 0 {
			v.goodKnown = h.size
		}
		return true
	}
	v.stray(h)
	return false
}

// settle makes one hypothesis the truth, and tells what that means.
func (v *run) settle(way *hypothesis) {
	for _, c := range way.cost {
		v.res.add(c.narrowed())
	}
	way.cost = nil
	v.hypotheses = append(v.hypotheses[:0], way)
}

// stray tells that the log does not lead to a checkpoint. Where leaves before it
// are known to be bad that is why, and a log that once left its checkpoints
// leads to none of the later ones: then nothing more is told.
func (v *run) stray(h head) {
	if v.toldLeaf >= v.good.size {
		return
	}
	if v.forked {
		v.res.Found++
		return
	}
	from, what, fix := v.good.size, "The log does not lead to its signed checkpoint: it was rewritten or forked.", fixRestore
	if h.known > 0 {
		what, fix = "The log does not lead to the checkpoint that you gave: it was rewritten or forked.", fixFork
		if v.extent.Newest >= h.size {
			from = v.goodKnown // the log's own checkpoints are of the same making
		}
	} else {
		v.forked = true
	}
	if i, j, ok := v.swappedBefore(h); ok {
		v.res.add(swapped(i, j))
		v.toldLeaf = j
		return
	}
	v.res.add(Problem{from, what, fmt.Sprintf("%s, leaves %d to %d", h.where(), from, h.size-1), "", fix})
}
