package tree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/paddock-dev/paddock/internal/core"
)

// Limits bound what is read. Zero fields stand for the defaults.
type Limits struct {
	Files    int   // default 20,000
	FileSize int64 // bytes of one file; default 5 MB
	Total    int64 // bytes of all files; default 200 MB
}

func (l Limits) withDefaults() Limits {
	if l.Files == 0 {
		l.Files = 20_000
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
	Unread []string // what could not be read, and why, for people
	Left   []string // folders left out on purpose: .git, node_modules of a working folder
}

// Load reads fsys. Worktree says that it is somebody's folder, not a commit:
// then .git and node_modules are left out. An error means that nothing could
// be read at all; anything smaller is in Unread.
func Load(ctx context.Context, fsys fs.FS, limits Limits, worktree bool) (*Tree, error) {
	l := loader{fsys: fsys, limits: limits.withDefaults(), worktree: worktree, tree: &Tree{}}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			l.unread("the time for reading ran out at %s", name)
			return fs.SkipAll
		}
		return l.visit(name, d, err)
	})
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The files could not be read: %w", err).Hinted("Check the path and that you may read it.")
	}
	return l.tree, nil
}

type loader struct {
	fsys     fs.FS
	limits   Limits
	worktree bool
	tree     *Tree
	seen     int
}

func (l *loader) unread(format string, args ...any) {
	const most = 50
	switch n := len(l.tree.Unread); {
	case n < most:
		l.tree.Unread = append(l.tree.Unread, fmt.Sprintf(format, args...))
	case n == most:
		l.tree.Unread = append(l.tree.Unread, "and more files that could not be read")
	}
}

func (l *loader) visit(name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil && name == ".":
		return err
	case err != nil:
		l.unread("%s could not be opened", name)
		if d != nil && d.IsDir() {
			return fs.SkipDir
		}
		return nil
	case d.IsDir():
		if l.worktree && (path.Base(name) == ".git" || path.Base(name) == "node_modules") {
			l.tree.Left = append(l.tree.Left, name)
			return fs.SkipDir
		}
		return nil
	case d.Type()&fs.ModeSymlink != 0:
		l.unread("%s is a link to another file", name)
		return nil
	case !d.Type().IsRegular():
		l.unread("%s is not a plain file", name)
		return nil
	}
	if l.seen++; l.seen > l.limits.Files {
		l.unread("there are more than %d files", l.limits.Files)
		return fs.SkipAll
	}
	return l.file(name)
}

var errTotal = errors.New("total size")

func (l *loader) file(name string) error {
	data, err := l.read(name)
	switch {
	case errors.Is(err, errTotal):
		l.unread("the files are larger than %d MB together", l.limits.Total/1_000_000)
		return fs.SkipAll
	case err != nil:
		l.unread("%s could not be read", name)
		return nil
	case int64(len(data)) > l.limits.FileSize:
		l.unread("%s is larger than %d MB", name, l.limits.FileSize/1_000_000)
		return nil
	}
	text, ok := Text(data)
	switch {
	case ok:
		l.tree.Files = append(l.tree.Files, File{Path: name, Text: text})
		l.tree.Bytes += int64(len(text))
	case TextName(name):
		l.unread("%s has a text file's name, but does not hold plain text", name)
	default:
		l.tree.Binary++
	}
	return nil
}

// read returns at most one byte more than the limit of a file.
func (l *loader) read(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrInvalid // swapped since it was listed
	}
	left := l.limits.Total - l.tree.Bytes
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(f, min(l.limits.FileSize, left)+1))
	if err == nil && n > left {
		err = errTotal
	}
	return b.Bytes(), err
}

// Find returns the file with exactly this path.
func (t *Tree) Find(name string) (File, bool) {
	for _, f := range t.Files {
		if f.Path == name {
			return f, true
		}
	}
	return File{}, false
}
