package catalog_test

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// What is lent for checking is a revision that Load reads and that says the same,
// and holds no answers, no tests and no other app's exemptions.
func TestPublic(t *testing.T) {
	files, err := treeOf(governance.FS())
	if err != nil {
		t.Fatal(err)
	}
	files["policies/exemptions.yaml"] = &fstest.MapFile{Data: []byte(`exemptions:
  - {id: EX-1, rule: code_eval, app: mine, reason: A long enough reason., approver: sec@example.org, expires: 2026-12-31}
  - {id: EX-2, rule: code_eval, app: theirs, reason: The secret reason., approver: sec@example.org, expires: 2026-12-31}
`)}
	whole, err := catalog.Load(t.Context(), files, "whole")
	if err != nil {
		t.Fatal(err)
	}
	lent, err := catalog.Public(whole, "mine")
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for name, text := range lent {
		tree[name] = &fstest.MapFile{Data: text}
		if strings.HasSuffix(name, "_test.rego") || strings.Contains(name, "/skeleton/") && !strings.HasSuffix(name, "README.md") {
			t.Errorf("%s is lent", name)
		}
		if strings.Contains(string(text), "EX-2") || strings.Contains(string(text), "secret reason") || strings.HasPrefix(name, "training/") && strings.Contains(string(text), whole.CourseList()[0].Questions[0].Choices[0]) {
			t.Errorf("%s says too much:\n%s", name, text)
		}
	}
	rev, err := catalog.Load(t.Context(), tree, "lent")
	if err != nil {
		t.Fatal(catalog.FormatErrors(err))
	}
	if len(rev.Exemptions) != 1 || rev.Exemptions[0].ID != "EX-1" {
		t.Errorf("exemptions %+v", rev.Exemptions)
	}
	same := func(note string, a, b []string) {
		if !slices.Equal(a, b) {
			t.Errorf("%s: %v and %v", note, a, b)
		}
	}
	same("templates", slices.Sorted(maps.Keys(whole.Templates)), slices.Sorted(maps.Keys(rev.Templates)))
	same("vendors", slices.Sorted(maps.Keys(whole.Vendors)), slices.Sorted(maps.Keys(rev.Vendors)))
	same("regions", whole.Settings.Regions, rev.Settings.Regions)
	if none, err := catalog.Public(whole, ""); err != nil || none["policies/exemptions.yaml"] != nil {
		t.Errorf("without an app: %v, %s", err, none["policies/exemptions.yaml"])
	}
}

func treeOf(from fs.FS) (fstest.MapFS, error) {
	out := fstest.MapFS{}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		out[name] = &fstest.MapFile{Data: text}
		return err
	})
	return out, err
}
