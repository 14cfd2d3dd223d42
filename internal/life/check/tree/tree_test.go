package tree

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
)

func load(t *testing.T, fsys fstest.MapFS, l Limits, worktree bool) *Tree {
	t.Helper()
	tr, err := Load(context.Background(), fsys, l, worktree)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestLoadReadsTextAndCountsTheRest(t *testing.T) {
	tr := load(t, fstest.MapFS{
		"b.ts": text("b"), "a/x.txt": text("\xef\xbb\xbfx"), "logo.png": text("\x89PNG\x00"), "u.env": text("\xff\xfeK\x00=\x00v\x00"),
		".git/config": text("secret"), "node_modules/p/i.js": text("1"),
	}, Limits{}, true)
	var got []string
	for _, f := range tr.Files {
		got = append(got, f.Path+"="+string(f.Text))
	}
	if want := "a/x.txt=x b.ts=b u.env=K=v"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if tr.Binary != 1 || len(tr.Unread) != 0 || strings.Join(tr.Left, " ") != ".git node_modules" {
		t.Errorf("binary %d, unread %q, left %q", tr.Binary, tr.Unread, tr.Left)
	}
}

func TestACommitHidesNothing(t *testing.T) {
	tr := load(t, fstest.MapFS{"node_modules/p/i.js": text("1")}, Limits{}, false)
	if len(tr.Files) != 1 {
		t.Error("node_modules of a commit must be read")
	}
}

// TestNothingIsSkippedInSilence gives the loader each kind of file that it
// will not read; each must be named.
func TestNothingIsSkippedInSilence(t *testing.T) {
	for name, c := range map[string]struct {
		fsys   fstest.MapFS
		limits Limits
		want   string
	}{
		"large file":   {fstest.MapFS{"a.txt": text("123456")}, Limits{FileSize: 5}, "a.txt is larger"},
		"all files":    {fstest.MapFS{"a": text("1234"), "b": text("5678")}, Limits{Total: 6}, "larger than 0 MB together"},
		"many files":   {fstest.MapFS{"a": text("1"), "b": text("2")}, Limits{Files: 1}, "more than 1 files"},
		"hidden bytes": {fstest.MapFS{"a.ts": text("x\x00y")}, Limits{}, "a.ts has a text file's name"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := load(t, c.fsys, c.limits, false)
			if len(tr.Unread) != 1 || !strings.Contains(tr.Unread[0], c.want) {
				t.Errorf("unread %q, want %q", tr.Unread, c.want)
			}
		})
	}
}

func TestLinksAndDevicesAreNotOpened(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc", filepath.Join(dir, "folder")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	tr, err := Load(context.Background(), os.DirFS(dir), Limits{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Files) != 0 || len(tr.Unread) != 3 {
		t.Errorf("files %v, unread %q", tr.Files, tr.Unread)
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	if _, err := Load(context.Background(), os.DirFS("/does/not/exist"), Limits{}, false); err == nil {
		t.Error("want an error")
	}
}

func TestPlaceAndQuote(t *testing.T) {
	f := File{Text: []byte("a\r\nbé c\n" + strings.Repeat("y", 300))}
	if line, col := f.Place(7); line != 2 || col != 4 {
		t.Errorf("place %d:%d, want 2:4", line, col)
	}
	if got := f.Quote(2, 1); got != "bé c" {
		t.Errorf("quote %q", got)
	}
	if got := f.Quote(3, 200); len(got) != 126 || !strings.HasPrefix(got, "...") || !strings.HasSuffix(got, "...") {
		t.Errorf("long quote of %d: %q", len(got), got)
	}
	if f.Quote(9, 1) != "" || f.Quote(0, 1) != "" {
		t.Error("a line that is not there has no quote")
	}
}
