package local

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// tree is the files of one commit. It implements fs.ReadFileFS, fs.ReadDirFS,
// fs.StatFS and fs.ReadLinkFS.
type tree struct{ nodes map[string]*node }

// node is one file, folder, link or submodule; it is its own FileInfo and DirEntry.
type node struct {
	name string
	mode fs.FileMode
	data []byte
	kids []fs.DirEntry // sorted by name
}

func (n *node) Name() string               { return n.name }
func (n *node) Size() int64                { return int64(len(n.data)) }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) ModTime() time.Time         { return time.Time{} }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

func newTree() *tree {
	return &tree{nodes: map[string]*node{".": {name: ".", mode: fs.ModeDir | 0o555}}}
}

// add puts an entry into the tree, with the folders above it.
func (t *tree) add(e entry) (*node, error) {
	if t.nodes[e.path] != nil {
		return nil, core.Errorf(core.Unreadable, "The file %.120q is in the commit twice.", e.path).Hinted("Remove one of them and push again.").At(e.path)
	}
	n := &node{name: path.Base(e.path), mode: e.mode}
	dir, err := t.folder(path.Dir(e.path))
	if err != nil {
		return nil, err
	}
	t.nodes[e.path] = n
	dir.insert(n)
	return n, nil
}

func (t *tree) folder(p string) (*node, error) {
	if n := t.nodes[p]; n != nil {
		if !n.IsDir() {
			return nil, core.Errorf(core.Unreadable, "%.120q is both a file and a folder.", p).Hinted("Rename one of them and push again.").At(p)
		}
		return n, nil
	}
	up, err := t.folder(path.Dir(p))
	if err != nil {
		return nil, err
	}
	n := &node{name: path.Base(p), mode: fs.ModeDir | 0o555}
	t.nodes[p] = n
	up.insert(n)
	return n, nil
}

func (n *node) insert(kid *node) {
	i, _ := slices.BinarySearchFunc(n.kids, kid.name, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	n.kids = slices.Insert(n.kids, i, fs.DirEntry(kid))
}

func (t *tree) find(op, p string) (*node, error) {
	if !fs.ValidPath(p) {
		return nil, &fs.PathError{Op: op, Path: p, Err: fs.ErrInvalid}
	}
	if n := t.nodes[p]; n != nil {
		return n, nil
	}
	return nil, &fs.PathError{Op: op, Path: p, Err: fs.ErrNotExist}
}

// Open opens a regular file or a folder; links and submodules are fs.ErrInvalid.
func (t *tree) Open(p string) (fs.File, error) {
	n, err := t.find("open", p)
	if err != nil {
		return nil, err
	}
	if !n.IsDir() && !n.mode.IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: p, Err: fs.ErrInvalid}
	}
	return &openFile{node: n, path: p, r: bytes.NewReader(n.data)}, nil
}

// Stat describes an entry; links are not followed.
func (t *tree) Stat(p string) (fs.FileInfo, error) { return t.Lstat(p) }

// Lstat describes an entry.
func (t *tree) Lstat(p string) (fs.FileInfo, error) {
	n, err := t.find("stat", p)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// ReadLink returns the target of a symbolic link as it is written.
func (t *tree) ReadLink(p string) (string, error) {
	n, err := t.find("readlink", p)
	if err == nil && n.mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: p, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return string(n.data), nil
}

// ReadFile returns a copy of a regular file's content.
func (t *tree) ReadFile(p string) ([]byte, error) {
	n, err := t.find("read", p)
	if err == nil && !n.mode.IsRegular() {
		err = &fs.PathError{Op: "read", Path: p, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	return bytes.Clone(n.data), nil
}

// ReadDir lists a folder, sorted by name.
func (t *tree) ReadDir(p string) ([]fs.DirEntry, error) {
	n, err := t.find("readdir", p)
	if err == nil && !n.IsDir() {
		err = &fs.PathError{Op: "readdir", Path: p, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	return slices.Clone(n.kids), nil
}

// openFile is an opened file or folder.
type openFile struct {
	node *node
	path string
	r    *bytes.Reader
	next int
}

func (o *openFile) Stat() (fs.FileInfo, error) { return o.node, nil }
func (o *openFile) Close() error               { return nil }

func (o *openFile) Read(p []byte) (int, error) {
	if o.node.IsDir() {
		return 0, &fs.PathError{Op: "read", Path: o.path, Err: fs.ErrInvalid}
	}
	return o.r.Read(p)
}

func (o *openFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if !o.node.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: o.path, Err: fs.ErrInvalid}
	}
	rest := o.node.kids[o.next:]
	if n > 0 && len(rest) == 0 {
		return nil, io.EOF
	}
	if n > 0 {
		rest = rest[:min(n, len(rest))]
	}
	o.next += len(rest)
	return slices.Clone(rest), nil
}
