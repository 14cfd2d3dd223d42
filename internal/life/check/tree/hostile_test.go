package tree

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func link(to string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink | 0o777}
}

// TestLinksInsideAreSeenUnderTheirTarget: a link into the tree hides nothing,
// any other does.
func TestLinksInsideAreSeenUnderTheirTarget(t *testing.T) {
	tr := load(t, fstest.MapFS{
		"docs/a.md": text("a"), "ok": link("docs/a.md"), "docs/up": link("../docs"), "docs/here": link("."),
		"out": link("../../etc/passwd"), "abs": link("/etc/passwd"), "gone": link("docs/none"), "twice": link("ok"), "dep": link("node_modules/p"),
		"node_modules/p/x.js": text("1"),
	}, Limits{}, true)
	want := []string{"abs is a link to a file outside", "dep is a link to a folder that is left out", "gone is a link to a file that is not there",
		"out is a link to a file outside", "twice is a link to another link"}
	if !slices.Equal(tr.Unread, want) || len(tr.Files) != 1 {
		t.Errorf("unread %q, want %q; %d files", tr.Unread, want, len(tr.Files))
	}
}

func TestNamesThatClash(t *testing.T) {
	tr := load(t, fstest.MapFS{"src/App.ts": text("a"), "src/app.ts": text("b")}, Limits{}, false)
	if len(tr.Unread) != 1 || !strings.Contains(tr.Unread[0], "src/App.ts and src/app.ts") {
		t.Errorf("unread %q", tr.Unread)
	}
}

func TestSubmodulesThatAreNotThere(t *testing.T) {
	modules := text("[submodule \"a\"]\n\tpath = lib/a\n\turl = x\n[submodule \"b\"]\n\tpath = lib/b\n")
	tr := load(t, fstest.MapFS{".gitmodules": modules, "lib/a/x.ts": text("1")}, Limits{}, true)
	if want := []string{"lib/b belongs to another repository, and its files are not here"}; !slices.Equal(tr.Unread, want) {
		t.Errorf("unread %q, want %q", tr.Unread, want)
	}
}

// TestASparseFileIsNotRead: a gigabyte that takes no room on the disk.
func TestASparseFileIsNotRead(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "big.bin")
	if err := os.WriteFile(name, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 1<<30); err != nil {
		t.Fatal(err)
	}
	tr, err := Load(context.Background(), os.DirFS(dir), Limits{}, true)
	if err != nil || len(tr.Unread) != 1 || tr.Unread[0] != "big.bin is larger than 5 MB" {
		t.Errorf("unread %q, error %v", tr.Unread, err)
	}
}

// TestFilesThatGrow are read to their real end, or found too large.
func TestFilesThatGrow(t *testing.T) {
	for _, c := range []struct {
		said, real int
		want       int // bytes read; -1 for too large
	}{{0, 9000, 9000}, {9000, 20_000, 20_000}, {9000, 8500, 8500}, {10, 50_001, -1}, {8000, 8000, 8000}} {
		tr, err := Load(context.Background(), growing{c.said, c.real}, Limits{FileSize: 50_000}, false)
		if err != nil {
			t.Fatal(err)
		}
		got := -1
		if len(tr.Files) == 1 {
			got = len(tr.Files[0].Text)
		}
		if got != c.want || (c.want < 0) != (len(tr.Unread) == 1) {
			t.Errorf("said %d, real %d: read %d, want %d; unread %q", c.said, c.real, got, c.want, tr.Unread)
		}
	}
}

// TestAMillionFiles ends at the bound, without listing them all.
func TestAMillionFiles(t *testing.T) {
	for name, m := range map[string]many{"in one folder": {files: 1_000_000}, "in a thousand folders": {folders: 1000, files: 1000}, "folders without end": {folders: 1}} {
		t.Run(name, func(t *testing.T) {
			m.given = new(int)
			tr, err := Load(context.Background(), m, Limits{Files: 20_000}, false)
			if err != nil {
				t.Fatal(err)
			}
			if len(tr.Unread) != 1 || len(tr.Files) > 20_000 || *m.given > 50_000 {
				t.Errorf("%d files, %d entries listed, unread %q", len(tr.Files), *m.given, tr.Unread)
			}
		})
	}
}

// growing is a tree of one file whose size is not what it says.
type growing struct{ said, real int }

func (g growing) Open(name string) (fs.File, error) {
	if name == "." {
		return fstest.MapFS{"a.txt": &fstest.MapFile{}}.Open(".")
	}
	return grown{io.LimitReader(endless{}, int64(g.real)), info{"a.txt", int64(g.said), 0}}, nil
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

type grown struct {
	io.Reader
	info info
}

func (g grown) Stat() (fs.FileInfo, error) { return g.info, nil }
func (grown) Close() error                 { return nil }

type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string               { return i.name }
func (i info) Size() int64                { return i.size }
func (i info) Mode() fs.FileMode          { return i.mode }
func (info) ModTime() time.Time           { return time.Time{} }
func (i info) IsDir() bool                { return i.mode.IsDir() }
func (info) Sys() any                     { return nil }
func (i info) Type() fs.FileMode          { return i.mode.Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }

// many is a tree that is never held in memory: each folder has so many folders,
// two levels deep unless there is one only, and the lowest so many files.
type many struct {
	folders, files int
	given          *int // entries that were handed out
}

func (m many) Open(name string) (fs.File, error) {
	if strings.HasSuffix(name, ".txt") {
		return grown{strings.NewReader("x"), info{name, 1, 0}}, nil
	}
	return &manyDir{m: m, low: name != "." && m.folders != 1 || m.folders == 0}, nil
}

type manyDir struct {
	m    many
	low  bool
	next int
}

func (*manyDir) Read([]byte) (int, error)   { return 0, fs.ErrInvalid }
func (*manyDir) Close() error               { return nil }
func (*manyDir) Stat() (fs.FileInfo, error) { return info{"d", 0, fs.ModeDir}, nil }
func (d *manyDir) ReadDir(n int) ([]fs.DirEntry, error) {
	total, format, mode := d.m.folders, "d%07d", fs.ModeDir
	if d.low {
		total, format, mode = d.m.files, "f%07d.txt", 0
	}
	var out []fs.DirEntry
	for ; d.next < total && (n <= 0 || len(out) < n); d.next++ {
		out = append(out, info{fmt.Sprintf(format, d.next), 1, mode})
		*d.m.given++
	}
	if len(out) == 0 && n > 0 {
		return nil, io.EOF
	}
	return out, nil
}
