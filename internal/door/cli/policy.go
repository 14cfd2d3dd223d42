package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

type policyCmd struct {
	Test   policyTestCmd   `cmd:"" help:"Run the test_ rules of the policies in a folder."`
	WhatIf policyWhatIfCmd `cmd:"" name:"whatif" help:"Say what the rules in a folder would change: which apps, and which past decisions."`
	Export policyExportCmd `cmd:"" help:"Write the rules as YAML for a Kubernetes cluster, on standard output."`
}

type policyTestCmd struct {
	Dir    string `arg:"" help:"A governance folder, or any folder with .rego files, at any depth."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if a test does not pass, 2 if the
// policies cannot be read or hold no test.
func (c *policyTestCmd) Run(ctx context.Context, std IO) error {
	files, err := regoFiles(std, c.Dir)
	if err != nil {
		return err
	}
	results, err := policy.Test(ctx, files)
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return core.Errorf(core.Invalid, "The folder %q has no policy tests.", c.Dir).Hinted("Write rules whose names begin with test_.")
	}
	return reportTests(std, c.Format, results)
}

func reportTests(std IO, format string, results []policy.TestResult) error {
	passed, failed, skipped := 0, 0, 0
	for _, t := range results {
		switch {
		case t.Skipped:
			skipped++
		case t.Pass:
			passed++
		default:
			failed++
		}
	}
	if format == "json" {
		if err := printJSON(std, struct {
			OK      bool                `json:"ok"`
			Passed  int                 `json:"passed"`
			Failed  int                 `json:"failed"`
			Skipped int                 `json:"skipped"`
			Tests   []policy.TestResult `json:"tests"`
		}{failed == 0, passed, failed, skipped, results}); err != nil {
			return err
		}
	} else {
		printTests(std, results)
		fmt.Fprintf(std.Out, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	}
	if failed > 0 {
		return exitCode(1)
	}
	return nil
}

func printTests(std IO, results []policy.TestResult) {
	for _, t := range results {
		word := "FAIL"
		switch {
		case t.Skipped:
			word = "skip"
		case t.Pass:
			word = "ok  "
		}
		fmt.Fprintf(std.Out, "%s %s.%s\n", word, t.Package, t.Name)
		if !t.Pass && !t.Skipped {
			fmt.Fprintf(std.Out, "     %s: %s\n", t.Place, t.Problem)
		}
	}
}

// regoFiles reads all .rego files below a folder; of a governance folder only
// those below policies/. Links out of it are refused.
func regoFiles(std IO, dir string) (map[string][]byte, error) {
	root, err := os.OpenRoot(std.path(dir))
	if err != nil {
		return nil, unreadable(dir, err)
	}
	defer root.Close()
	files, total, top := map[string][]byte{}, 0, "."
	if info, err := root.Stat("policies"); err == nil && info.IsDir() {
		top = "policies"
	}
	err = fs.WalkDir(root.FS(), top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".rego" {
			return err
		}
		b, err := readRego(root.FS(), name)
		if err != nil {
			return err
		}
		files[name] = b
		if total += len(b); len(files) > policy.MaxFiles || total > policy.MaxTotal {
			return core.Errorf(core.TooLarge, "The folder %q holds more than %d policies or %d bytes.", dir, policy.MaxFiles, policy.MaxTotal).
				Hinted("Name the folder that holds the policies only.")
		}
		return nil
	})
	if err != nil && core.CodeOf(err) == core.Internal {
		return nil, unreadable(dir, err)
	}
	return files, err
}

func readRego(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, policy.MaxFile+1))
	if len(b) > policy.MaxFile {
		return nil, core.Errorf(core.TooLarge, "The policy is larger than %d bytes.", policy.MaxFile).At(name)
	}
	return b, err
}
