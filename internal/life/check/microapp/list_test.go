package microapp

import (
	"strings"
	"testing"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func file(text string) File {
	f, _ := Find(&tree.Tree{Files: []tree.File{{Path: Name, Text: []byte(text)}}})
	return f
}

func applied(text string, edits []core.Edit) string { return string(file(text).after(edits)) }

// appended reports whether the edits do what they are for.
func appended(text string, edits []core.Edit) bool {
	var before, after struct{ Data []any }
	if yaml.Unmarshal([]byte(text), &before) != nil || yaml.Unmarshal([]byte(applied(text, edits)), &after) != nil || len(after.Data) != len(before.Data)+1 {
		return false
	}
	return after.Data[len(before.Data)] == "zzz"
}

func TestAppend(t *testing.T) {
	for _, text := range []string{"a: 1\n", "data: []\n", "data: [a, b]\n", "data:\n", "data: # none\n", "data:\n  - a\n  - b\nz: 1\n", "data:\n- a\nz: 1\n", "data:\n  - a: 1\n    b: [x,\n      y]\n  - c\n", "data: [a] # b\n"} {
		edits := file(text).Append([]string{"zzz"}, "data")
		if len(edits) != 1 || !appended(text, edits) {
			t.Errorf("%q: %+v gives %q", text, edits, applied(text, edits))
		}
	}
	for _, text := range []string{"", "- a\n", "a: 1", "a: |\n  x\n", "data: [a,\n  b]\n", "data: ['a]']\n", "data: x\n", "data: &x [a]\n", "data:\n  - |\n    a\n", "data:\n  - [a,\n    b\n    ]\n"} {
		if edits := file(text).Append([]string{"zzz"}, "data"); edits != nil {
			t.Errorf("%q: no edit is exact, got %+v", text, edits)
		}
	}
}

func TestReplace(t *testing.T) {
	f := file("é: 1\nclassification: internal # x\n")
	if got := applied(string(f.Text), f.Replace("internal", "phi", "classification")); got != "é: 1\nclassification: phi # x\n" {
		t.Errorf("got %q", got)
	}
	if f.Replace("public", "phi", "classification") != nil || f.Replace("x", "y", "nothing") != nil {
		t.Error("what does not stand there cannot be replaced")
	}
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{"data: [a]\n", "data:\n  - a\n", "data:\n", "a: 1\n", "data: {a: [b]}\n", "? data\n: - a\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		edits := file(text).Append([]string{"zzz"}, "data")
		if edits != nil && strings.IndexByte(text, '\r') < 0 && !appended(text, edits) {
			var doc struct{ Data []any }
			if yaml.Unmarshal([]byte(text), &doc) == nil {
				t.Errorf("%q: %+v gives %q", text, edits, applied(text, edits))
			}
		}
	})
}
