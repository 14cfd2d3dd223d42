package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestTreeIsAFileSystem(t *testing.T) {
	f, _ := seeded(t, Limits{})
	w := checkout(t, f)
	must(t, os.WriteFile(filepath.Join(w, "run.sh"), []byte("#!/bin/sh\n"), 0o755))
	c := commit(t, w, "x", "more", map[string]string{"empty": "", "src/deep/er/b.txt": "b", "same": "hello\n", "a-b/x": "1", "a/y": "2", "ü": "3"})
	tr, err := f.Tree(t.Context(), "app", c)
	must(t, err)
	must(t, fstest.TestFS(tr, "README", "run.sh", "src/deep/er/b.txt", "same", "a/y", "ü"))
	if b, err := fs.ReadFile(tr, "same"); err != nil || string(b) != "hello\n" {
		t.Fatalf("%q %v", b, err)
	}
	if info, err := fs.Stat(tr, "run.sh"); err != nil || info.Mode() != 0o555 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	byBranch, err := f.Tree(t.Context(), "app", "main")
	must(t, err)
	if _, err := fs.Stat(byBranch, "run.sh"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("main has run.sh: %v", err)
	}
}

func TestTreeShowsLinksAndSubmodulesWithoutFollowing(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	must(t, os.Symlink("/etc/passwd", filepath.Join(w, "link")))
	git(t, w, "update-index", "--add", "--cacheinfo", "160000,"+first+",sub")
	git(t, w, "add", "link")
	git(t, w, "commit", "-qm", "link")
	git(t, w, "push", "-q", "origin", "HEAD:refs/heads/x")
	tr, err := f.Tree(t.Context(), "app", "x")
	must(t, err)
	kinds := map[string]fs.FileMode{}
	must(t, fs.WalkDir(tr, ".", func(p string, d fs.DirEntry, err error) error { kinds[p] = d.Type(); return err }))
	if kinds["link"] != fs.ModeSymlink || kinds["sub"] != fs.ModeIrregular {
		t.Fatalf("kinds %v", kinds)
	}
	if to, err := fs.ReadLink(tr, "link"); err != nil || to != "/etc/passwd" {
		t.Fatalf("%q %v", to, err)
	}
	for _, p := range []string{"link", "sub"} {
		if _, err := fs.ReadFile(tr, p); !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("reading %s: %v", p, err)
		}
		if _, err := tr.Open(p); !errors.Is(err, fs.ErrInvalid) {
			t.Fatalf("opening %s: %v", p, err)
		}
		_, err := f.Blob(t.Context(), "app", "x", p)
		wantCode(t, err, core.NotFound)
	}
}

func TestTreeAndBlobAreBounded(t *testing.T) {
	f, _ := seeded(t, Limits{TreeFiles: 5, TreeBytes: 1000, BlobBytes: 500})
	w := checkout(t, f)
	commit(t, w, "big", "big", map[string]string{"b1": strings.Repeat("x", 600), "b2": strings.Repeat("y", 600)})
	_, err := f.Tree(t.Context(), "app", "big")
	wantCode(t, err, core.TooLarge)
	_, err = f.Blob(t.Context(), "app", "big", "b1")
	wantCode(t, err, core.TooLarge)
	git(t, w, "reset", "-q", "--hard", "origin/main")
	commit(t, w, "many", "many", map[string]string{"1": "", "2": "", "3": "", "4": ""})
	_, err = f.Tree(t.Context(), "app", "many")
	wantCode(t, err, core.TooLarge)
}

func TestBlob(t *testing.T) {
	f, first := seeded(t, Limits{})
	commit(t, checkout(t, f), "x", "odd", map[string]string{"*": "star", "src/[a]": "set", ":(top)q": "magic"})
	for p, want := range map[string]string{"*": "star", "src/[a]": "set", ":(top)q": "magic", "README": "hello\n"} {
		if got, err := f.Blob(t.Context(), "app", "x", p); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", p, got, err)
		}
	}
	for _, p := range []string{"", ".", "src", "src/", "nothere", "../README", "/README", "README/x", "src/*"} {
		_, err := f.Blob(t.Context(), "app", "x", p)
		wantCode(t, err, core.NotFound)
	}
	_, err := f.Blob(t.Context(), "app", strings.Repeat("0", 40), "README")
	wantCode(t, err, core.NotFound)
	_, err = f.Blob(t.Context(), "app", first+"^", "README")
	wantCode(t, err, core.Invalid)
	_, err = f.Blob(t.Context(), "app", "--all", "README")
	wantCode(t, err, core.Invalid)
}

func FuzzParseTree(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add("100644 blob " + id + "      12\ta/b\x00160000 commit " + id + "       -\tsub\x00")
	f.Add("120000 blob " + id + " 3\tl\x00")
	f.Add("100644 blob " + id + " 3\t../x\x00")
	f.Add("100644 blob " + id + " 3\ta\x00100644 blob " + id + " 3\ta/b\x00")
	f.Fuzz(func(t *testing.T, out string) {
		entries, err := parseTree(out, 50)
		if err != nil {
			return
		}
		tr := newTree()
		for _, e := range entries {
			if !fs.ValidPath(e.path) || e.size < 0 {
				t.Fatalf("let through %q", e.path)
			}
			if _, err := tr.add(e); err != nil {
				return
			}
		}
		n := 0
		err = fs.WalkDir(tr, ".", func(_ string, d fs.DirEntry, err error) error {
			if !d.IsDir() {
				n++
			}
			return err
		})
		if err != nil || n != len(entries) {
			t.Fatalf("%d of %d files, %v", n, len(entries), err)
		}
	})
}
