package pipelines

import (
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// The workflows that our guides show have nothing that this check would say.
func TestOurGuidesPass(t *testing.T) {
	guide, err := os.ReadFile("../../../../docs/guides/maker.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, block := range strings.Split(string(guide), "```yaml\n# ")[1:] {
		text, _, _ := strings.Cut(block, "```")
		path, text, _ := strings.Cut(text, "\n")
		if !strings.HasSuffix(path, ".yml") {
			continue
		}
		seen++
		for _, f := range check(tree.File{Path: path, Text: []byte(text)}).Findings {
			t.Errorf("%s: %s", path, f.Code)
		}
	}
	if seen != 2 {
		t.Errorf("the guide shows %d pipelines, want 2", seen)
	}
}
