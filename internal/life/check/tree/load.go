package tree

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/meter"
)

// Load reads fsys. Worktree says that it is somebody's folder, not a commit:
// then .git and node_modules are left out. An error means that nothing could
// be read at all; anything smaller is in Unread.
func Load(ctx context.Context, fsys fs.FS, limits Limits, worktree bool) (*Tree, error) {
	l := loader{fsys: fsys, limits: limits.withDefaults(), worktree: worktree, tree: &Tree{}, part: meter.Begin(ctx, "reading", 0)}
	defer l.part.End()
	if err := l.walk(ctx, ".", 0); err != nil && !errors.Is(err, fs.SkipAll) {
		return nil, core.Errorf(core.Unreadable, "The files could not be read: %w", err).Hinted("Check the path and that you may read it.")
	}
	slices.SortFunc(l.tree.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	l.tree.sorted = true
	l.clashes()
	l.submodules()
	return l.tree, nil
}

type loader struct {
	fsys     fs.FS
	limits   Limits
	worktree bool
	tree     *Tree
	files    int
	folders  int
	store    store
	part     *meter.Part
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

// walk reads a folder, entries in the order of their names. It returns
// fs.SkipAll when a bound ends all reading, and an error only for the folder
// itself where nothing could be read at all.
func (l *loader) walk(ctx context.Context, dir string, depth int) error {
	if depth > l.limits.Depth {
		l.unread("%s lies more than %d folders deep", dir, l.limits.Depth)
		return nil
	}
	entries, err := l.list(dir)
	switch {
	case errors.Is(err, errMany):
		return l.tooMany()
	case err != nil && dir == ".":
		return err
	case err != nil:
		l.unread("%s could not be opened", dir)
		return nil
	}
	for _, d := range entries {
		name := path.Join(dir, d.Name())
		if ctx.Err() != nil {
			l.unread("the time for reading ran out at %s", name)
			return fs.SkipAll
		}
		if d.IsDir() {
			err = l.folder(ctx, name, depth)
		} else {
			err = l.visit(name, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errMany = errors.New("too many entries")

// list returns the entries of a folder by name. More than may be read at all
// are not even listed.
func (l *loader) list(dir string) ([]fs.DirEntry, error) {
	f, err := l.fsys.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	d, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, fs.ErrInvalid
	}
	var entries []fs.DirEntry
	for more := true; more; {
		some, err := d.ReadDir(l.limits.Files + 1 - len(entries))
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if entries = append(entries, some...); len(entries) > l.limits.Files {
			return nil, errMany
		}
		more = err == nil && len(some) > 0
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func (l *loader) tooMany() error {
	l.unread("there are more than %d files and folders", l.limits.Files)
	return fs.SkipAll
}

func (l *loader) folder(ctx context.Context, name string, depth int) error {
	if _, leave := slices.BinarySearch(l.limits.Leave, name); leave || l.worktree && leftOut(path.Base(name)) {
		l.tree.Left = append(l.tree.Left, name)
		return nil
	}
	if l.folders++; l.folders > l.limits.Files {
		return l.tooMany()
	}
	return l.walk(ctx, name, depth+1)
}

func (l *loader) visit(name string, d fs.DirEntry) error {
	l.part.Step()
	if l.files++; l.files > l.limits.Files {
		return l.tooMany()
	}
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		if why := l.link(name); why != "" {
			l.unread("%s is a link to %s", name, why)
		}
		return nil
	case !d.Type().IsRegular():
		l.unread("%s is not a plain file", name)
		return nil
	}
	return l.file(name)
}

func (l *loader) file(name string) error {
	data, err := l.read(name)
	switch {
	case errors.Is(err, errTotal):
		l.unread("the files are larger than %d MB together", l.limits.Total/1_000_000)
		return fs.SkipAll
	case errors.Is(err, errSize):
		l.unread("%s is larger than %d MB", name, l.limits.FileSize/1_000_000)
		return nil
	case errors.Is(err, errBinary) && TextName(name):
		l.unread("%s has a text file's name, but does not hold plain text", name)
		return nil
	case errors.Is(err, errBinary):
		l.tree.Binary++
		l.tree.Others = append(l.tree.Others, name)
		if packed(name) {
			l.tree.Packed = append(l.tree.Packed, name)
		}
		return nil
	case err != nil:
		l.unread("%s could not be read", name)
		return nil
	}
	l.tree.Files = append(l.tree.Files, File{Path: name, Text: data})
	l.tree.Bytes += int64(len(data))
	return nil
}
