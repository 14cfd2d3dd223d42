package microapp

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func TestPlace(t *testing.T) {
	text := "name: x\nregion: us-east-1\nvendors:\n  - name: a\n    hosts: [one, two]\n"
	f, ok := Find(&tree.Tree{Files: []tree.File{{Path: Name, Text: []byte(text)}}})
	if !ok {
		t.Fatal("not found")
	}
	for path, want := range map[string][2]int{"region": {2, 9}, "vendors.0.hosts.1": {5, 18}, "vendors.0.nothing": {4, 5}, "vendors.7": {4, 3}, "nothing": {0, 0}} {
		if line, col := f.Place(strings.Split(path, ".")...); line != want[0] || col != want[1] {
			t.Errorf("%s: got %d:%d, want %v", path, line, col, want)
		}
	}
}

// TestBadFilesHaveNoPlaces: what is not YAML, or is too large, has no places
// and does no harm.
func TestBadFilesHaveNoPlaces(t *testing.T) {
	for _, text := range []string{"a: [", "", "- x", "a: &a [*a]", strings.Repeat("[", 100_000), strings.Repeat("a: 1\n", maxSize)} {
		f, ok := Find(&tree.Tree{Files: []tree.File{{Path: Name, Text: []byte(text)}}})
		if line, _ := f.Place("region"); !ok || line != 0 {
			t.Errorf("%.20q: line %d", text, line)
		}
	}
	if _, ok := Find(&tree.Tree{}); ok {
		t.Error("there is no descriptor")
	}
}
