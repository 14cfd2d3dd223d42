package local

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// replicaOf opens the root once more, as another server would.
func replicaOf(t *testing.T, f *Forge, name string) *Forge {
	t.Helper()
	o := Options{Root: f.root, Log: f.log, Clock: f.clock, HookCommand: f.hooks.command, HookSocket: "/nowhere", Replica: name}
	r, err := New(o)
	must(t, err)
	return r
}

// Two servers that merge into one repository at the same moment wait for each
// other: neither loses the race for main.
func TestReplicasMergeOneAfterTheOther(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	var heads []string
	for i := range 8 {
		git(t, w, "reset", "-q", "--hard", first)
		name := fmt.Sprintf("f%d", i)
		heads = append(heads, commit(t, w, name, name, map[string]string{name: "1"}))
	}
	servers := []*Forge{replicaOf(t, f, "a"), replicaOf(t, f, "b")}
	var wait sync.WaitGroup
	errs := make([]error, len(heads))
	for i, head := range heads {
		wait.Go(func() {
			_, errs[i] = servers[i%2].Merge(t.Context(), "app", "main", head, ada, "Merge "+head, noon)
		})
	}
	wait.Wait()
	for _, err := range errs {
		must(t, err)
	}
	tr, err := f.Tree(t.Context(), "app", "main")
	must(t, err)
	for i := range heads {
		if _, err := tr.Open(fmt.Sprintf("f%d", i)); err != nil {
			t.Errorf("a merge is lost: %v", err)
		}
	}
}

// A server that starts leaves alone what another one is in the middle of, and
// still removes what nobody can be in the middle of any more.
func TestReplicaLeavesTheWorkOfOthers(t *testing.T) {
	f, _ := seeded(t, Limits{})
	a := replicaOf(t, f, "a")
	half := filepath.Join(a.tmp, "half-made")
	fresh := filepath.Join(f.path("app"), "objects", "tmp_objdir-incoming-1")
	stale := filepath.Join(f.path("app"), "objects", "tmp_objdir-incoming-2")
	for _, d := range []string{half, fresh, stale} {
		must(t, os.MkdirAll(d, 0o700))
	}
	old := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(stale, old, old))

	b := replicaOf(t, f, "b")
	b.beginPush("app")() // a push to b ends
	for path, want := range map[string]bool{half: true, fresh: true, stale: false} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", filepath.Base(path), err == nil, want)
		}
	}
	replicaOf(t, f, "a") // a itself starts again: what it had half made is gone
	if _, err := os.Stat(half); err == nil {
		t.Error("what a crash left is still there")
	}
}
