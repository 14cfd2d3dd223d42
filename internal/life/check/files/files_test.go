package files_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/internal/life/check/files"
)

func TestTree(t *testing.T) {
	tr := files.New()
	for name, want := range map[string]bool{"b/c/d.txt": true, "a.txt": true, "../x": false, "/x": false, ".": false, "": false} {
		if got := tr.Add(name, 0o444, 2, []byte("hi")); got != want {
			t.Errorf("%q: %t", name, got)
		}
	}
	if tr.Add("a.txt", 0o444, 0, nil) || tr.Add("a.txt/b", 0o444, 0, nil) {
		t.Error("a name was taken twice")
	}
	tr.Sort()
	if err := fstest.TestFS(tr, "a.txt", "b/c/d.txt"); err != nil {
		t.Error(err)
	}
	tr.Add("l", fs.ModeSymlink, 5, []byte("a.txt"))
	if to, err := tr.ReadLink("l"); to != "a.txt" || err != nil {
		t.Errorf("%q %v", to, err)
	}
	if _, err := tr.Open("l"); err == nil {
		t.Error("a link was opened")
	}
}
