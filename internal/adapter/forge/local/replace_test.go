package local

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// A replacement holds its files and no others, stands on the commit before,
// and is not made when the branch has moved.
func TestReplace(t *testing.T) {
	f, first := seeded(t, Limits{})
	files := map[string][]byte{"new/b.txt": []byte("b\n")}
	second, err := f.Replace(t.Context(), "app", "main", first, files, ada, "Other rules", noon)
	must(t, err)
	dir := f.path("app")
	if head, err := f.Head(t.Context(), "app", "main"); err != nil || head != second {
		t.Fatalf("main is %s, %v", head, err)
	}
	if got := git(t, dir, "ls-tree", "-r", "--name-only", "main"); got != "new/b.txt" {
		t.Errorf("it holds %q", got)
	}
	if got := git(t, dir, "log", "--format=%H", "main"); got != second+"\n"+first {
		t.Errorf("the history is %q", got)
	}
	if _, err := f.Replace(t.Context(), "app", "main", first, files, ada, "Late", noon); core.CodeOf(err) != core.Conflict {
		t.Errorf("on a branch that has moved: %v", err)
	}
	if _, err := f.Replace(t.Context(), "app", "main", strings.Repeat("0", 40), files, ada, "Nowhere", noon); core.CodeOf(err) != core.NotFound {
		t.Errorf("on a commit that is not there: %v", err)
	}
	if _, err := f.Replace(t.Context(), "app", "main", second, map[string][]byte{"../x": nil}, ada, "Out", noon); core.CodeOf(err) != core.Invalid {
		t.Errorf("a path out of the tree: %v", err)
	}
	if head, _ := f.Head(t.Context(), "app", "main"); head != second {
		t.Errorf("main moved to %s", head)
	}
}
