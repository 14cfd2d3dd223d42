package lint

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// TestOxlint runs the real program, where it is installed.
func TestOxlint(t *testing.T) {
	ox, ok := FindOxlint(os.Getenv("PATH"), t.TempDir())
	if !ok {
		t.Skip("no oxlint on this machine")
	}
	ctx := context.Background()
	tr := &tree.Tree{Files: []tree.File{{Path: "src/a.js", Text: []byte("let a = {x: 1, x: 2};\ndebugger;\nexport { a };\n")}, {Path: ".oxlintrc.json", Text: []byte(`{"rules":{"no-debugger":"off"}}`)}}}
	var res findings.Result
	_, _, linted := style(ctx, &res, tr, script.Read(ctx, tr), ox)
	var got []string
	for _, f := range res.Findings {
		got = append(got, place(f))
	}
	slices.Sort(got)
	if strings.Join(got, " ") != "1:16 script_name_twice 2:1 script_debug_left" || linted != "1 script by oxlint" || len(res.Incomplete) > 0 {
		t.Errorf("%q %q %q", got, linted, res.Incomplete)
	}
}

// TestTheTreeBringsNoLinter puts a program called oxlint into the checked
// folder and names it in PATH, as npm does when it runs a script.
func TestTheTreeBringsNoLinter(t *testing.T) {
	app, own := t.TempDir(), t.TempDir()
	bin := filepath.Join(app, "node_modules", ".bin")
	write(t, filepath.Join(bin, "oxlint"))
	if err := os.Symlink(bin, filepath.Join(own, "link")); err != nil {
		t.Fatal(err)
	}
	if ox, ok := FindOxlint(strings.Join([]string{bin, ".", "node_modules/.bin", filepath.Join(own, "link")}, ":"), app); ok {
		t.Errorf("found %+v", ox)
	}
	write(t, filepath.Join(own, "oxlint"))
	ox, ok := FindOxlint(bin+":"+own, app)
	if !ok || ox.Program != filepath.Join(own, "oxlint") || ox.Path != own {
		t.Errorf("got %+v %v", ox, ok)
	}
	if err := os.Remove(filepath.Join(own, "oxlint")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(bin, "oxlint"), filepath.Join(own, "oxlint")); err != nil {
		t.Fatal(err)
	}
	if ox, ok := FindOxlint(own, app); ok {
		t.Errorf("a link into the tree: %+v", ox)
	}
}

// TestALinterThatFails never passes in silence.
func TestALinterThatFails(t *testing.T) {
	own := t.TempDir()
	write(t, filepath.Join(own, "oxlint")) // prints nothing
	tr := &tree.Tree{Files: []tree.File{{Path: "a.js", Text: []byte("let a;\n")}}}
	var res findings.Result
	style(context.Background(), &res, tr, &script.Set{}, Oxlint{Program: filepath.Join(own, "oxlint"), Path: "/usr/bin:/bin"})
	if len(res.Incomplete) != 1 {
		t.Errorf("%+v", res)
	}
}

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
