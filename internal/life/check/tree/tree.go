package tree

import (
	"slices"
	"strings"
)

// Limits bound what is read. Zero fields stand for the defaults.
type Limits struct {
	Files    int   // and as many folders; default 200,000
	Depth    int   // folders below folders; default 100
	FileSize int64 // bytes of one file; default 5 MB
	Total    int64 // bytes of all files; default 200 MB
	// Leave are folders that nobody looks into, by their sorted paths, such as
	// those that git ignores. They are named in Tree.Left.
	Leave []string
}

func (l Limits) withDefaults() Limits {
	if l.Files == 0 {
		l.Files = 200_000
	}
	if l.Depth == 0 {
		l.Depth = 100
	}
	if l.FileSize == 0 {
		l.FileSize = 5_000_000
	}
	if l.Total == 0 {
		l.Total = 200_000_000
	}
	return l
}

// Tree is what was read. It does not change after Load and may be read by many
// goroutines.
type Tree struct {
	Files  []File   // text files, sorted by path
	Binary int      // files that are not text, not read further
	Bytes  int64    // of the text files
	Others []string // paths of the files that are not text
	Packed []string // paths of the binary files that have the name of an archive
	Unread []string // what could not be read, and why, for people
	Left   []string // folders left out on purpose: .git, node_modules of a working folder

	sorted bool // by Load; a tree that a test puts together may not be
}

// Find returns the file with exactly this path.
func (t *Tree) Find(name string) (File, bool) {
	if t.sorted {
		i, ok := slices.BinarySearchFunc(t.Files, name, comparePath)
		if !ok {
			return File{}, false
		}
		return t.Files[i], true
	}
	for _, f := range t.Files {
		if f.Path == name {
			return f, true
		}
	}
	return File{}, false
}

func comparePath(f File, name string) int { return strings.Compare(f.Path, name) }
