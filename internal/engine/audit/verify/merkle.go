package verify

import "crypto/sha256"

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

// tree is a growing RFC 6962 tree. It keeps only the roots of its full
// subtrees, largest first: one for each bit of size.
type tree struct {
	size  int64
	roots []hash
}

// add appends a leaf and returns the nodes that became complete by it, lowest
// first: the leaf itself, then the subtrees it fills.
func (t *tree) add(leaf hash, done []hash) []hash {
	done = append(done[:0], leaf)
	for n := t.size; n&1 == 1; n >>= 1 {
		last := len(t.roots) - 1
		leaf = nodeHash(t.roots[last], leaf)
		t.roots = t.roots[:last]
		done = append(done, leaf)
	}
	t.roots = append(t.roots, leaf)
	t.size++
	return done
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

// tileWidth is how many hashes a full tile has; the root of each is stored.
const tileWidth = 256
