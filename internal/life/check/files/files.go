package files

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Tree is files in memory. It implements fs.FS and fs.ReadLinkFS. Add all files
// first; then it may be read by many goroutines.
type Tree struct {
	nodes map[string]*node
	data  int64
}

// New returns an empty tree.
func New() *Tree {
	return &Tree{nodes: map[string]*node{".": {name: ".", mode: fs.ModeDir | 0o555}}}
}

// node is a file, a folder or a link; it is its own FileInfo and DirEntry.
type node struct {
	name string
	mode fs.FileMode
	size int64
	data []byte
	kids []fs.DirEntry
}

func (n *node) Name() string               { return n.name }
func (n *node) Size() int64                { return n.size }
func (n *node) Mode() fs.FileMode          { return n.mode }
func (n *node) Type() fs.FileMode          { return n.mode.Type() }
func (n *node) ModTime() time.Time         { return time.Time{} }
func (n *node) IsDir() bool                { return n.mode.IsDir() }
func (n *node) Sys() any                   { return nil }
func (n *node) Info() (fs.FileInfo, error) { return n, nil }

// Add puts a file, with the folders above it, into the tree. size may be more
// than there is data, for a file of which only the beginning is kept. It reports
// false for a name that a file system could not hold, or that is there already.
func (t *Tree) Add(name string, mode fs.FileMode, size int64, data []byte) bool {
	if !fs.ValidPath(name) || name == "." || t.nodes[name] != nil || strings.Count(name, "/") > 200 {
		return false
	}
	up := t.folder(path.Dir(name))
	if up == nil {
		return false
	}
	n := &node{name: path.Base(name), mode: mode, size: size, data: data}
	t.nodes[name] = n
	up.kids = append(up.kids, n)
	t.data += int64(len(data))
	return true
}

// Bytes counts what is held.
func (t *Tree) Bytes() int64 { return t.data }

// Sort puts every folder in the order of its names. Call it after the last Add.
func (t *Tree) Sort() {
	for _, n := range t.nodes {
		slices.SortFunc(n.kids, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
}

// folder returns a folder, made if need be, or nil if a file is in its place.
func (t *Tree) folder(p string) *node {
	if n := t.nodes[p]; n != nil {
		if !n.IsDir() {
			return nil
		}
		return n
	}
	up := t.folder(path.Dir(p))
	if up == nil {
		return nil
	}
	n := &node{name: path.Base(p), mode: fs.ModeDir | 0o555}
	t.nodes[p] = n
	up.kids = append(up.kids, n)
	return n
}

func (t *Tree) find(op, p string) (*node, error) {
	if !fs.ValidPath(p) {
		return nil, &fs.PathError{Op: op, Path: p, Err: fs.ErrInvalid}
	}
	if n := t.nodes[p]; n != nil {
		return n, nil
	}
	return nil, &fs.PathError{Op: op, Path: p, Err: fs.ErrNotExist}
}

// Open opens a file or a folder; anything else is fs.ErrInvalid.
func (t *Tree) Open(p string) (fs.File, error) {
	n, err := t.find("open", p)
	if err == nil && !n.IsDir() && !n.mode.IsRegular() {
		err = &fs.PathError{Op: "open", Path: p, Err: fs.ErrInvalid}
	}
	if err != nil {
		return nil, err
	}
	return &open{node: n, r: bytes.NewReader(n.data)}, nil
}

// Lstat describes an entry.
func (t *Tree) Lstat(p string) (fs.FileInfo, error) {
	n, err := t.find("stat", p)
	if err != nil {
		return nil, err
	}
	return n, nil
}

// Stat describes an entry; links are not followed.
func (t *Tree) Stat(p string) (fs.FileInfo, error) { return t.Lstat(p) }

// ReadLink returns what a link says.
func (t *Tree) ReadLink(p string) (string, error) {
	n, err := t.find("readlink", p)
	if err == nil && n.mode&fs.ModeSymlink == 0 {
		err = &fs.PathError{Op: "readlink", Path: p, Err: fs.ErrInvalid}
	}
	if err != nil {
		return "", err
	}
	return string(n.data), nil
}

type open struct {
	node *node
	r    *bytes.Reader
	next int
}

func (o *open) Stat() (fs.FileInfo, error) { return o.node, nil }
func (o *open) Close() error               { return nil }

func (o *open) Read(p []byte) (int, error) {
	if o.node.IsDir() {
		return 0, &fs.PathError{Op: "read", Path: o.node.name, Err: fs.ErrInvalid}
	}
	return o.r.Read(p)
}

func (o *open) ReadDir(n int) ([]fs.DirEntry, error) {
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
