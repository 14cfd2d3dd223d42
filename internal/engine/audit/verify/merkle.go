package verify

import (
	"crypto/sha256"
	"slices"
)

// Of the RFC 6962 tree two kinds of hashes are stored: those of the leaves, and
// nodes, which are the roots of full tiles. A node of level 1 stands for
// tileWidth leaves, one of level 2 for tileWidth nodes of level 1, and so on.
const (
	tileHeight = 8
	tileWidth  = 1 << tileHeight
	maxLevel   = 7 // of nodes: 2^56 leaves
)

// hash is one node of the tree.
type hash = [sha256.Size]byte

// leafHash is MTH({d}) of RFC 6962, section 2.1. buf is reused between calls.
func leafHash(leaf string, buf *[]byte) hash {
	b := append((*buf)[:0], 0)
	b = append(b, leaf...)
	*buf = b
	return sha256.Sum256(b)
}

func nodeHash(left, right hash) hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// tileRoot is the root over one full tile of leaf hashes.
func tileRoot(leaves []hash) hash {
	var level [tileWidth]hash
	copy(level[:], leaves)
	for n := tileWidth; n > 1; n /= 2 {
		for i := range n / 2 {
			level[i] = nodeHash(level[2*i], level[2*i+1])
		}
	}
	return level[0]
}

// tree is a growing RFC 6962 tree. It keeps only the roots of its full
// subtrees, largest first: one for each bit of size.
type tree struct {
	size  int64
	roots []hash
	full  []node // nodes that the last add completed
}

// node is the root of a full tile.
type node struct {
	level, n int64
	hash     hash
}

// add appends a full subtree of 2^height leaves; size must be a multiple of that.
func (t *tree) add(height int, h hash) {
	t.full = t.full[:0]
	size := t.size + 1<<height
	for ; t.size>>height&1 == 1; height++ {
		if height > 0 && height%tileHeight == 0 {
			t.full = append(t.full, node{int64(height / tileHeight), t.size >> height, h})
		}
		last := len(t.roots) - 1
		h = nodeHash(t.roots[last], h)
		t.roots = t.roots[:last]
	}
	if height > 0 && height%tileHeight == 0 {
		t.full = append(t.full, node{int64(height / tileHeight), t.size >> height, h})
	}
	t.roots = append(t.roots, h)
	t.size = size
}

// clone returns a copy that grows on its own.
func (t *tree) clone() *tree { return &tree{size: t.size, roots: slices.Clone(t.roots)} }

// tileRoot returns the root of the tile of leaves that the last add completed.
func (t *tree) tileRoot() hash {
	for _, n := range t.full {
		if n.level == 1 {
			return n.hash
		}
	}
	return hash{}
}

// root is the root hash of all leaves so far.
func (t *tree) root() hash {
	if len(t.roots) == 0 {
		return sha256.Sum256(nil)
	}
	h := t.roots[len(t.roots)-1]
	for i := len(t.roots) - 2; i >= 0; i-- {
		h = nodeHash(t.roots[i], h)
	}
	return h
}
