package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/door/cli"
)

// An app without a descriptor is asked about no rule. The program's own need not be
// made ready for it; those of somebody else are, for they may be wrong.
func TestRulesAreMadeReadyWhenNeeded(t *testing.T) {
	nothing, something := fstest.MapFS{}, fstest.MapFS{"microapp.yaml": {Data: []byte("name: x\n")}}
	ours, err := rulesFor(t.Context(), cli.CheckOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if ours.begin(nothing) || ours.rev.Policy != nil {
		t.Error("rules that nobody asks were made ready")
	}
	if !ours.begin(something) || ours.wait() != nil || ours.rev.Policy == nil {
		t.Error("rules that somebody asks were not made ready")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, governance.FS()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "policies", "broken.rego"), []byte("package paddock.broken\n\nbroken {{{\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Check(t.Context(), "test", cli.CheckOptions{Dir: t.TempDir(), Target: ".", Governance: dir})
	if err == nil || !strings.Contains(err.Error(), "broken.rego") {
		t.Errorf("a folder of broken rules was taken: %v", err)
	}
}
