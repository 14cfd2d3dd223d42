package names

import (
	"context"

	"github.com/paddock-dev/paddock/internal/life/check/meter"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// perFile bounds the names of one file.
const perFile = 20_000

// Found is what was found in a tree: for each list of names, the hits by file.
type Found struct {
	Files  [][][]Hit // by list, by file as in the tree
	Unread []string  // what could not be searched to its end, and why
}

// List returns the hits of the n-th list in the i-th file of the tree, with
// names as places in that list.
func (f *Found) List(n, i int) []Hit {
	if n >= len(f.Files) || i >= len(f.Files[n]) {
		return nil
	}
	return f.Files[n][i]
}

// Scan goes once through all files of a tree for the names of all lists.
func Scan(ctx context.Context, t *tree.Tree, lists ...[]string) *Found {
	all, starts := Join(lists...)
	set := New(all)
	out := &Found{Files: make([][][]Hit, len(lists))}
	for n := range lists {
		out.Files[n] = make([][]Hit, len(t.Files))
	}
	part := meter.Begin(ctx, "regions, vendors", len(t.Files))
	defer part.End()
	for i, f := range t.Files {
		part.Step()
		if ctx.Err() != nil {
			out.Unread = append(out.Unread, "the time ran out before "+f.Path)
			return out
		}
		hits, whole := set.Scan(f.Text, perFile)
		if !whole {
			out.Unread = append(out.Unread, f.Path+" holds too many names to look at each")
		}
		for _, h := range hits {
			n := len(starts) - 1
			for int(h.Name) < starts[n] {
				n--
			}
			h.Name -= int32(starts[n])
			out.Files[n][i] = append(out.Files[n][i], h)
		}
	}
	return out
}
