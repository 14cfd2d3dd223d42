package lint

import (
	"context"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/microapp"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

func TestAllFaultsAtOnce(t *testing.T) {
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{
		{Path: "microapp.yaml", Text: []byte("name: x\nregion: y\nbudget:\n  monthly: -1\n")},
		{Path: "src/a.ts", Text: []byte("const = 1")},
		{Path: "src/b.ts", Text: []byte("const b = 1;\nfoo(")},
	}}
	d, ok := microapp.Find(tr)
	faults := []*core.Error{{Msg: "microapp.yaml has faults:", Problems: []*core.Error{
		{Msg: "one", Hint: "Do this.", Field: "microapp.yaml:1:7"}, {Msg: "two", Field: "2:9"}, {Msg: "three", Field: "budget.monthly"}}}}
	res := Check(ctx, tr, d, ok, faults, script.Read(ctx, tr), Oxlint{})
	want := []struct {
		code         string
		line, column int
		quote        string
	}{{"descriptor_invalid", 1, 7, "name: x"}, {"descriptor_invalid", 2, 9, "region: y"}, {"descriptor_invalid", 4, 12, "monthly: -1"}, {"script_invalid", 1, 7, "const = 1"}, {"script_invalid", 2, 5, "foo("}}
	if len(res.Findings) != len(want) {
		t.Fatalf("%+v", res.Findings)
	}
	for i, w := range want {
		f := res.Findings[i]
		if f.Code != w.code || f.Line != w.line || f.Column != w.column || f.Quote != w.quote || !f.Blocking {
			t.Errorf("got %s %d:%d %q, want %+v", f.Code, f.Line, f.Column, f.Quote, w)
		}
	}
	if f := res.Findings[0]; f.What != "A line in microapp.yaml is wrong: one" || f.Fix[1] != "Do this." {
		t.Errorf("%q %q", f.What, f.Fix)
	}
}

func TestMissingDescriptor(t *testing.T) {
	res := Check(context.Background(), &tree.Tree{}, microapp.File{}, false, nil, &script.Set{}, Oxlint{})
	if len(res.Findings) != 1 || res.Findings[0].Code != "descriptor_missing" {
		t.Errorf("%+v", res)
	}
}
