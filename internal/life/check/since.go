package check

import (
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// single is the tree for checks that look at one file at a time: the whole of
// it, or, with Scope.Since, the files that have changed.
func (r *run) single() *tree.Tree {
	if r.in.Scope.Since == "" {
		return r.tree
	}
	out := *r.tree
	out.Files = slices.DeleteFunc(slices.Clone(r.tree.Files), func(f tree.File) bool { return !r.isChanged(f.Path) })
	out.Bytes = 0
	for _, f := range out.Files {
		out.Bytes += int64(len(f.Text))
	}
	return &out
}

func (r *run) isChanged(path string) bool {
	_, ok := slices.BinarySearch(r.in.Changed, path)
	return ok
}

// unseen takes the quote from a finding in a file that was not searched for
// secrets: there may be one on the line.
func (r *run) unseen(f core.Finding) core.Finding {
	if r.in.Scope.Since != "" && f.Quote != "" && !r.isChanged(f.Path) {
		f.Quote = ""
	}
	return f
}

// partial says, for a check of single files, how many it did not look at.
func (r *run) leftOut(looked string) string {
	if r.in.Scope.Since == "" {
		return looked
	}
	return fmt.Sprintf("%s; %d files that have not changed are left out", looked, len(r.tree.Files)-len(r.single().Files))
}
