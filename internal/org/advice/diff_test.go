package advice

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// applied is the file after git has applied the diff.
func applied(t *testing.T, name, text, diff string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string]string{file: text, filepath.Join(dir, "a.diff"): diff} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("git", "apply", "a.diff")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git apply: %v %s\n%s", err, out, diff)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestStageDiff(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"short":          {"# note\nrules:\n  one: off\n  two: warn   # since May\n  three: warn\n", "# note\nrules:\n  one: off\n  two: enforce   # since May\n  three: warn\n"},
		"long":           {"rules:\n  two:\n    percent: 20\n    stage: warn\n    halt_above: 5\n", "rules:\n  two:\n    percent: 20\n    stage: enforce\n    halt_above: 5\n"},
		"quoted":         {"rules:\n  two: \"warn\"\n", "rules:\n  two: \"enforce\"\n"},
		"in braces":      {"rules: {one: warn, two: {stage: warn}}\n", "rules: {one: warn, two: {stage: enforce}}\n"},
		"no line feed":   {"rules:\n  two: warn", ""},
		"long file":      {"a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nrules:\n  two: warn\nf: 1\ng: 1\nh: 1\ni: 1\n", "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nrules:\n  two: enforce\nf: 1\ng: 1\nh: 1\ni: 1\n"},
		"name is a word": {"rules:\n  warn: warn\n  two: warn\n", "rules:\n  warn: warn\n  two: enforce\n"},
	} {
		t.Run(name, func(t *testing.T) {
			diff, err := changeStage([]byte(c.file), "two", policy.Enforce)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" { // git's mark for it is not ours to write: the file is made right first
				return
			}
			if got := applied(t, RolloutFile, c.file, diff); got != c.want {
				t.Errorf("got\n%s\nby\n%s", got, diff)
			}
		})
	}
	if _, err := changeStage([]byte("rules: {}\n"), "two", policy.Enforce); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such rule: %v", err)
	}
}

func TestExemptionDiff(t *testing.T) {
	file := "exemptions:\n  - rule: a\n    app: x\n    reason: |\n      Long.\n\n      Text.\n\n  - rule: b\n    app: y\n  - rule: c\n    app: z\n"
	for n, want := range []string{
		"exemptions:\n\n  - rule: b\n    app: y\n  - rule: c\n    app: z\n",
		"exemptions:\n  - rule: a\n    app: x\n    reason: |\n      Long.\n\n      Text.\n\n  - rule: c\n    app: z\n",
		"exemptions:\n  - rule: a\n    app: x\n    reason: |\n      Long.\n\n      Text.\n\n  - rule: b\n    app: y\n",
	} {
		diff, err := dropExemption([]byte(file), n)
		if err != nil {
			t.Fatal(err)
		}
		if got := applied(t, ExemptionsFile, file, diff); got != want {
			t.Errorf("%d: got\n%s\nby\n%s", n, got, diff)
		}
	}
	for _, bad := range []string{"exemptions: [{rule: a}]\n", "exemptions: []\n", "other: 1\n", "\t"} {
		if _, err := dropExemption([]byte(bad), 0); err == nil {
			t.Errorf("%q gave a diff", bad)
		}
	}
}
