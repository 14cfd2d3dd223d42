package verify

import "fmt"

const (
	// maxRecent is how many tiles since the last good checkpoint are kept at hand.
	maxRecent = 4
	// maxTries bounds the search for a swapped pair, in leaves added to a tree.
	maxTries = 1 << 20
)

// recent is a tile that came after the last good checkpoint.
type recent struct {
	start  int64
	leaves []hash
}

// remember keeps a tile at hand, in case that the next checkpoint does not hold.
func (v *run) remember(start int64, leaves []hash) {
	if len(v.recent) > maxRecent {
		return // so many that it is not worth the search
	}
	v.recent = append(v.recent, recent{start, leaves})
}

// swappedBefore looks for a pair of leaves since the last good checkpoint that
// was swapped: put back, the log leads to h.
func (v *run) swappedBefore(h head) (i, j int64, ok bool) {
	var leaves []hash
	for _, r := range v.recent {
		at := max(0, min(v.good.size-r.start, int64(len(r.leaves))))
		leaves = append(leaves, r.leaves[at:]...)
	}
	n := h.size - v.good.size
	if n > int64(len(leaves)) {
		return 0, 0, false
	}
	a, b, ok := findSwap(v.good, leaves[:n], func(t *tree) bool { return t.root() == h.root })
	return v.good.size + int64(a), v.good.size + int64(b), ok
}

// narrowed returns the problem, narrowed down to a pair of leaves if they were
// only swapped.
func (c cost) narrowed() Problem {
	if c.tile == nil {
		return c.Problem
	}
	start := c.Index / tileWidth * tileWidth
	if i, j, ok := findSwap(&tree{}, c.tile.leaves, func(t *tree) bool { return t.roots[0] == c.tile.node.hash }); ok {
		return swapped(start+int64(i), start+int64(j))
	}
	return c.Problem
}

// findSwap tries to swap two leaves behind the tree before, near ones first,
// until what comes out holds.
func findSwap(before *tree, leaves []hash, holds func(*tree) bool) (i, j int, ok bool) {
	tries := 0
	for apart := 1; apart < len(leaves); apart++ {
		for i := 0; i+apart < len(leaves); i++ {
			if tries += len(leaves); tries > maxTries {
				return 0, 0, false
			}
			j := i + apart
			t := before.clone()
			for k, leaf := range leaves {
				switch k {
				case i:
					leaf = leaves[j]
				case j:
					leaf = leaves[i]
				}
				t.add(0, leaf)
			}
			if holds(t) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// swapped is the problem of a pair of leaves that stand in each other's place.
func swapped(i, j int64) Problem {
	return Problem{i, "Two leaves were swapped.", fmt.Sprintf("audit_leaf idx %d and %d", i, j), "", fixRestore}
}
