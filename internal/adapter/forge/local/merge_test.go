package local

import (
	"strings"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

func TestMergeAndRepeat(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	x := commit(t, w, "x", "x", map[string]string{"x": "1"})
	git(t, w, "reset", "-q", "--hard", first)
	y := commit(t, w, "y", "y", map[string]string{"y": "1"})

	mx, err := f.Merge(t.Context(), "app", "main", x, ada, "Merge change 1", noon)
	must(t, err)
	my, err := f.Merge(t.Context(), "app", "main", y, ada, "Merge change 2", noon)
	must(t, err)
	if got := git(t, f.path("app"), "log", "-1", "--format=%P|%an|%ce|%ct|%B", mx); got != first+" "+x+"|Ada Maker|ada@example.org|1772366400|Merge change 1" {
		t.Fatalf("merge commit: %q", got)
	}
	for head, want := range map[string]string{x: mx, y: my, first: first, mx: mx} {
		got, err := f.Merge(t.Context(), "app", "main", head, ada, "again", noon)
		if err != nil || got != want {
			t.Fatalf("repeated merge of %s: %s %v, want %s", head, got, err, want)
		}
	}
	if head, _ := f.Head(t.Context(), "app", "main"); head != my {
		t.Fatalf("main is %s, want %s", head, my)
	}
	tr, err := f.Tree(t.Context(), "app", "main")
	must(t, err)
	for _, p := range []string{"README", "x", "y"} {
		if _, err := tr.Open(p); err != nil {
			t.Fatal(err)
		}
	}
	git(t, f.path("app"), "fsck", "--strict")
}

func TestMergeConflictNamesTheFilesAndChangesNothing(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	x := commit(t, w, "x", "x", map[string]string{"README": "mine\n", "src/a.txt": "mine\n", "ok": "1"})
	git(t, w, "reset", "-q", "--hard", first)
	main := commit(t, w, "main", "m", map[string]string{"README": "theirs\n", "src/a.txt": "theirs\n"})
	_, err := f.Merge(t.Context(), "app", "main", x, ada, "m", noon)
	wantCode(t, err, core.Conflict)
	if s := err.Error(); !strings.Contains(s, "README, src/a.txt.") || strings.Contains(s, "ok") {
		t.Fatalf("says %q", s)
	}
	if head, _ := f.Head(t.Context(), "app", "main"); head != main {
		t.Fatalf("main moved to %s", head)
	}
}

func TestMergeRefusals(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	git(t, w, "checkout", "-q", "--orphan", "alone")
	alone := commit(t, w, "alone", "alone", map[string]string{"z": ""})
	_, err := f.Merge(t.Context(), "app", "main", alone, ada, "m", noon)
	wantCode(t, err, core.Conflict)
	_, err = f.ChangedFiles(t.Context(), "app", "main", alone)
	wantCode(t, err, core.Conflict)
	_, err = f.Merge(t.Context(), "app", "main", strings.Repeat("1", 40), ada, "m", noon)
	wantCode(t, err, core.NotFound)
	_, err = f.Merge(t.Context(), "app", "main", "alone", ada, "m", noon)
	wantCode(t, err, core.Invalid)
	_, err = f.Merge(t.Context(), "app", "nothere", first, ada, "m", noon)
	wantCode(t, err, core.NotFound)
	_, err = f.Merge(t.Context(), "app", "main", alone, "nobody", "m", noon)
	wantCode(t, err, core.Invalid)
}

// Merges at the same time all land, one after the other.
func TestMergesAtTheSameTime(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	var heads []string
	for _, n := range []string{"a", "b", "c", "d"} {
		git(t, w, "reset", "-q", "--hard", first)
		heads = append(heads, commit(t, w, n, n, map[string]string{n: n}))
	}
	var wg sync.WaitGroup
	for _, h := range heads {
		for range 2 {
			wg.Go(func() {
				if _, err := f.Merge(t.Context(), "app", "main", h, ada, "m", noon); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := git(t, f.path("app"), "rev-list", "--count", "--merges", "main"); n != "4" {
		t.Fatalf("%s merges", n)
	}
}

// The branch moves only from where it was when the merge was computed.
func TestMergeComparesTheOldValue(t *testing.T) {
	f, first := seeded(t, Limits{})
	w := checkout(t, f)
	x := commit(t, w, "x", "x", map[string]string{"x": "1"})
	git(t, w, "reset", "-q", "--hard", first)
	moved := commit(t, w, "main", "moved", map[string]string{"m": "1"})
	who, err := identity(ada, noon)
	must(t, err)
	files, err := f.mergeTree(t.Context(), f.path("app"), first, x)
	must(t, err)
	_, err = f.commitMerge(t.Context(), f.path("app"), "main", files, first, x, "m", who)
	wantCode(t, err, core.Conflict)
	if head, _ := f.Head(t.Context(), "app", "main"); head != moved {
		t.Fatalf("main is %s, want %s", head, moved)
	}
}
