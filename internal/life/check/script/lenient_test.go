package script

import (
	"context"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestRightScriptsAreNoFaults gives the reader scripts that other tools accept:
// a fault here would stop a merge for nothing.
func TestRightScriptsAreNoFaults(t *testing.T) {
	set := Read(context.Background(), &tree.Tree{Files: []tree.File{
		{Path: "a.ts", Text: []byte("class A {\n  @service declare readonly store: Store;\n  m(@first() x: string) {}\n}\n")},
		{Path: "b.ts", Text: []byte("@dec class B { @dec accessor x = 1 }\n")},
		{Path: "c.d.ts", Text: []byte("export const A: string[];\nexport class B { x: class; }\n")},
	}})
	if len(set.Faults) != 0 || len(set.Unread) != 0 {
		t.Errorf("faults %+v, unread %q", set.Faults, set.Unread)
	}
	set = Read(context.Background(), &tree.Tree{Files: []tree.File{{Path: "d.ts", Text: []byte("{{- if .X}}\nexport const a = 1;\n{{- end}}\n")}}})
	if len(set.Faults) != 0 || len(set.Unread) != 1 {
		t.Errorf("a template: faults %+v, unread %q", set.Faults, set.Unread)
	}
}
