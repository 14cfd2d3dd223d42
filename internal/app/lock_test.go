package app

import (
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// A data folder has one server at a time, and is free again when that ends.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := lock(path); core.CodeOf(err) != core.Conflict {
		t.Errorf("a second server has the folder too: %v %v", second, err)
	}
	first.Close()
	third, err := lock(path)
	if err != nil {
		t.Fatalf("the folder is not free again: %v", err)
	}
	third.Close()
}
