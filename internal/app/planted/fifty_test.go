package planted

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
)

// faults is an app's worth of files with faults whose fix is exact. A file's
// name ends in .txt, so that nobody takes it for a part of this house.
//
//go:embed all:testdata/faults
var faults embed.FS

// plantedApp returns the tracker with all files of testdata/faults put into it.
func plantedApp(t *testing.T) map[string]string {
	t.Helper()
	files := tracker(t)
	err := fs.WalkDir(faults, "testdata/faults", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := faults.ReadFile(name)
		files[strings.TrimSuffix(strings.TrimPrefix(name, "testdata/faults/"), ".txt")] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	change := func(name, old, now string) {
		if !strings.Contains(files[name], old) {
			t.Fatalf("%s does not hold %q", name, old)
		}
		files[name] = strings.Replace(files[name], old, now, 1)
	}
	change(".github/workflows/paddock.yml", "timeout-minutes: 10", "timeout-minutes: 20")
	change("microapp.yaml", "region: eu-sovereign", "region: us-west-2")
	change("microapp.yaml", "vendors:\n  - name: talent-directory\n    hosts:\n      - talent.example\n", "")
	delete(files, ".gitlab-ci.yml")
	return files
}

// wanted is how many findings a script must be able to mend, of how many codes.
const wanted, wantedCodes = 85, 55

// TestFixesCanBeFollowedToTheLetter gives a script nothing but the steps of a
// report, as people read them. It does what it understands, to the letter; the
// check then passes.
func TestFixesCanBeFollowedToTheLetter(t *testing.T) {
	dir := write(t, plantedApp(t))
	before, code := check(t, dir)
	if code != 1 {
		t.Fatalf("code %d before anything is mended", code)
	}
	done := follow(t, dir, before.Findings)
	codes := map[string]bool{}
	for _, f := range done {
		codes[f.Code] = true
	}
	if len(done) < wanted || len(codes) < wantedCodes {
		t.Errorf("a script could mend %d findings of %d codes, want %d of %d", len(done), len(codes), wanted, wantedCodes)
	}
	for _, f := range before.Findings {
		if !slices.ContainsFunc(done, func(d core.Finding) bool { return d.Fingerprint == f.Fingerprint }) && f.Blocking {
			t.Errorf("nothing in the fix is exact:%s", said([]core.Finding{f}))
		}
	}
	after, code := check(t, dir)
	if code != 0 {
		t.Errorf("code %d after all was mended:%s", code, said(after.Findings))
		for _, c := range after.Checks {
			if len(c.Incomplete) > 0 {
				t.Logf("%s: %q", c.Name, c.Incomplete)
			}
		}
	}
	for _, f := range after.Findings {
		if codes[f.Code] {
			t.Errorf("still there:%s", said([]core.Finding{f}))
		}
	}
	t.Logf("%d findings of %d codes: %v", len(done), len(codes), slices.Sorted(keys(codes)))
}

func keys(m map[string]bool) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
