package verify

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
)

// Options say what to hold the log against.
type Options struct {
	// Key is the verifier key of the log, as package note writes it. Needed.
	Key string
	// OwnKey says that Key was found beside the log.
	OwnKey bool
	// Known are signed checkpoints that were kept elsewhere. They show whether
	// the log was cut back or rewritten together with its own checkpoints.
	Known []string
	// Workers is how many chunks are read at a time; 0 means one for each core.
	Workers int
}

// Run checks the whole log. It reads it as a stream: memory does not grow with
// the log. Problems are in the result; an error means that the check could not
// be done (Unreadable, Invalid for a bad key).
func Run(ctx context.Context, src Source, o Options) (Result, error) {
	verifier, err := note.NewVerifier(o.Key)
	if err != nil {
		return Result{}, core.Errorf(core.Invalid, "audit key %q is not a verifier key", short(o.Key)).
			Hinted("Give the line from audit.vkey: name+hash+key.")
	}
	v := &run{res: Result{OK: true, Key: o.Key, OwnKey: o.OwnKey, Origin: verifier.Name(), FirstBad: -1, Problems: []Problem{}}}
	extent, err := v.loadHeads(ctx, src, verifier)
	if err != nil {
		return v.res, err
	}
	v.addKnown(o.Known, verifier)
	size := v.bounds(extent)
	v.res.Events, v.res.Pending = size, extent.Pending
	v.meet()
	if err := readChunks(ctx, src, size, cmp.Or(o.Workers, runtime.GOMAXPROCS(0)), v.use); err != nil {
		return v.res, err
	}
	v.finish()
	return v.res, nil
}

// run is one check under way.
type run struct {
	res   Result
	tree  tree
	heads []head // by size, not yet reached
	last  int64  // size of the last head that matched
	done  []hash
	told  bool // a bad leaf was told since the last head that matched
	lost  bool // the tree cannot be followed any more: told once, rows are still checked
}

// bounds returns how many leaves to read. Indexes that lie outside what can be
// there are told, so that one mad index does not make the check endless.
func (v *run) bounds(e Extent) int64 {
	most := max(e.Leaves, v.res.Size)
	if e.Lowest < 0 {
		v.res.add(Problem{0, "A leaf stands before the start of the log.", fmt.Sprintf("audit_leaf idx %d", e.Lowest), "", fixRestore})
	}
	if e.End > most {
		v.res.add(Problem{most, "A leaf stands past the end of the log.", fmt.Sprintf("audit_leaf idx %d", e.End-1), "", fixRestore})
	}
	return min(e.End, most)
}

// use adds one chunk to the tree and holds it against the stored hashes and
// the checkpoints.
func (v *run) use(c *chunk) error {
	slices.SortStableFunc(c.faults, func(a, b Problem) int { return cmp.Compare(a.Index, b.Index) })
	faults := c.faults
	v.res.Erased += c.erased
	for i, leaf := range c.leaves {
		index := c.from + int64(i)
		told := false
		for len(faults) > 0 && faults[0].Index <= index {
			v.res.add(faults[0])
			faults, told = faults[1:], true
		}
		v.grow(index, leaf, c.kept[i], told)
		v.hold(index, c.nodes)
		v.meet()
	}
	for _, f := range faults {
		v.res.add(f)
	}
	return nil
}

// grow appends one leaf. Where another hash is stored than the leaf gives, the
// tree goes on with the stored one, so that one bad leaf is told as one problem
// and what follows is still checked.
func (v *run) grow(index int64, leaf checkedHash, kept storedHash, told bool) {
	h := leaf.hash
	if kept.ok && (!leaf.ok || kept.hash != h) {
		if leaf.ok && !told {
			v.res.add(Problem{index, "The leaf is not the one in the tree: it was changed or moved.",
				fmt.Sprintf("audit_leaf idx %d", index), "", fixRestore})
		}
		h = kept.hash
	}
	v.told = v.told || told
	v.lost = v.lost || !leaf.ok && !kept.ok
	v.done = v.tree.add(h, v.done)
}

// hold holds the roots of the tiles that the leaf at index completed against
// the stored ones.
func (v *run) hold(index int64, nodes map[nodeAt]storedHash) {
	for level, span := 1, int64(tileWidth); (index+1)%span == 0; level, span = level+1, span*tileWidth {
		at := nodeAt{level, index / span}
		if got := nodes[at]; (!got.ok || got.hash != v.done[8*level]) && !v.lost {
			v.lost = true
			v.res.add(Problem{v.last, "The stored tree is damaged: a leaf below this hash was moved, or the hash is missing or changed.",
				fmt.Sprintf("audit_node level %d, n %d, leaves %d to %d", level, at.n, at.n*span, index), "", fixRestore})
		}
	}
}

// meet holds the tree against the checkpoints of its present size.
func (v *run) meet() {
	for len(v.heads) > 0 && v.heads[0].size <= v.tree.size {
		h := v.heads[0]
		v.heads = v.heads[1:]
		if v.lost {
			continue
		}
		if h.root == v.tree.root() {
			v.last, v.told = h.size, false
			continue
		}
		v.lost = true
		if v.told {
			continue // a bad leaf before it says why
		}
		v.res.add(Problem{v.last, "The log does not lead to its signed checkpoint: it was rewritten or forked.",
			fmt.Sprintf("%s, leaves %d to %d", h.where, v.last, h.size-1), "", fixRestore})
	}
}

// finish tells what is left when all leaves are read.
func (v *run) finish() {
	root := v.tree.root()
	v.res.Root = base64.StdEncoding.EncodeToString(root[:])
	if len(v.heads) > 0 {
		newest := v.heads[len(v.heads)-1]
		v.res.add(Problem{v.tree.size, "The end of the log was cut off.", newest.where,
			fmt.Sprintf("%d leaves where %d are signed", v.tree.size, newest.size), fixRestore})
	}
	if v.tree.size > v.res.Size {
		v.res.add(Problem{v.res.Size, "Leaves were added without a signed checkpoint.",
			fmt.Sprintf("audit_leaf idx %d and on", v.res.Size), "", fixRestore})
	}
}
