package lockfile

import (
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Bounds of one file.
const (
	maxSize     = 20_000_000 // bytes
	maxPackages = 50_000
	maxNeeds    = 500_000 // edges of a graph
	maxText     = 2_000   // bytes of a name, version or licence
	maxDepth    = 100
)

// lock is what the reader of one format returns.
type lock struct {
	packages []Package
	offsets  []int // of each package in the text; nil when Line is set already
	edges    int
	// find returns the index of the package that an ask of the manifest in dir
	// gets, Missing or Local. dir is relative to the lock's own folder.
	find func(dir string, a Ask) int
	// covers reports whether the lock is for the manifest in dir too.
	covers func(dir string, m *manifest) bool
	// roots are packages asked for by something the lock itself names, for locks
	// without a manifest, with the name as it is asked for.
	roots     []root
	asks      []Ask                        // of a list that is its own manifest
	lacks     string                       // name of a file that belongs to it and is not there
	stale     func(dir string, a Ask) bool // the ask is not the one that the lock was made for; nil if the lock does not say
	toolchain string
	dev       bool // the lock says itself which packages are for building only
	gaps      []Gap
	skip      bool // another list stands in its place
}

// root is an ask as the lock file itself notes it.
type root struct {
	name, want string
	dev        bool
}

// errorf says that a lock file is not right.
func errorf(format string, args ...any) error {
	return core.Errorf(core.Unreadable, format, args...)
}

// add appends a package within the bounds.
func (l *lock) add(p Package, offset int) error {
	if len(l.packages) >= maxPackages {
		return errorf("it lists more than %d packages.", maxPackages)
	}
	for _, s := range []string{p.Name, p.Version, p.Place, p.Resolved} {
		if len(s) > maxText {
			return errorf("it holds a text of %d letters where a name or version should be.", len(s))
		}
	}
	if len(p.Licence) > maxText {
		p.Licence = ""
	}
	p.By = Missing
	l.packages = append(l.packages, p)
	l.offsets = append(l.offsets, offset)
	return nil
}

// need notes that a package asks for another.
func (l *lock) need(from, to int) {
	if to < 0 || from == to || l.edges > maxNeeds {
		return
	}
	l.edges++
	l.packages[from].Needs = append(l.packages[from].Needs, to)
}

// byName makes a find that goes by the name alone, the first one listed.
func (l *lock) byName() func(string, Ask) int {
	at := make(map[string]int, len(l.packages))
	for i, p := range l.packages {
		if _, twice := at[p.Name]; !twice {
			at[p.Name] = i
		}
	}
	return func(_ string, a Ask) int {
		if i, ok := at[a.Name]; ok {
			return i
		}
		return Missing
	}
}

// lines turns the offsets of packages into lines, in one pass.
func (l *lock) lines(text []byte) {
	n := newLines(text)
	for i, at := range l.offsets {
		if l.packages[i].Line == 0 && at >= 0 {
			l.packages[i].Line = n.line(at)
		}
	}
}

// rel returns dir seen from base, and whether it is inside.
func rel(base, dir string) (string, bool) {
	switch {
	case base == dir:
		return ".", true
	case base == ".":
		return dir, true
	}
	return strings.CutPrefix(dir, base+"/")
}

func dirOf(f tree.File) string { return path.Dir(f.Path) }
