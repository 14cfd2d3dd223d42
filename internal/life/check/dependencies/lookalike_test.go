package dependencies

import (
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// TestLookalikeIsRenamedInAPlainList changes the name only where the list is all
// there is to change: a lock file beside it would hold the wrong package still.
func TestLookalikeIsRenamedInAPlainList(t *testing.T) {
	text := "flask==3.0.3\nreqeusts==2.32.4\n"
	for tool, want := range map[string]int{"pip": 1, "poetry": 0} {
		set := listed(lockfile.PyPI, tool, "requirements.txt", text, lockfile.Package{Name: "reqeusts", Version: "2.32.4", Line: 2})
		p := &set.Projects[0]
		p.Asks = []lockfile.Ask{{Name: "reqeusts", Want: "==2.32.4", File: p.LockFile, Line: 2, Column: 1}}
		n := 0
		for _, f := range check(t, set, data(t, record("A", "PyPI", "other", `{"introduced":"0"}`))).Findings {
			if f.Code != "dependency_lookalike" {
				continue
			}
			n++
			if len(f.Edits) != want || want == 1 && f.Fix[0] != "In line 2 of `requirements.txt`, from column 1, change `reqeusts` to `requests`." {
				t.Errorf("%s: %q", tool, f.Fix)
			}
		}
		if n != 1 {
			t.Errorf("%s: found %d times", tool, n)
		}
	}
}
