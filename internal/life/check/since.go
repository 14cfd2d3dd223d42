package check

import (
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/licences"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// since makes the checks partial that can be: lint looks at one file at a time, and
// what lists of packages say does not change while they do not. The others stay
// whole, for what they say is about the app: a region, a vendor or a kind of data
// is used as long as one file uses it, and the list of parts has to be all of them.
func (r *run) since(checks map[string]func() findings.Result) {
	whole := checks["lint"]
	checks["lint"] = func() findings.Result {
		res := whole()
		res.Looked, res.Seen.Partial = r.leftOut(res.Looked), true
		return res
	}
	if slices.ContainsFunc(r.in.Changed, touchesPackages) {
		return
	}
	for _, name := range []string{"dependencies", "licences"} {
		checks[name] = func() findings.Result {
			res := findings.Result{Looked: fmt.Sprintf("nothing: no list of packages has changed since commit %.10s", r.in.Scope.Since)}
			res.Seen.Partial = true
			return res
		}
	}
}

// touchesPackages reports whether a change of a file may change which packages
// there are, or what is known of them: a list, a part of one by any name that one
// can have, a package that lies in the app, or the descriptor, which says what
// licences are fit for.
func touchesPackages(name string) bool {
	return name == microapp.Name || lockfile.Touches(name) || licences.Reads(name)
}

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
