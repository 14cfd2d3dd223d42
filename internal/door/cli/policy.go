package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

type policyCmd struct {
	Check   policyCheckCmd   `cmd:"" help:"Find every fault of the policies in a folder, with file, line and column."`
	Test    policyTestCmd    `cmd:"" help:"Run the test_ rules of the policies in a folder."`
	Cases   policyCasesCmd   `cmd:"" help:"Hold the policies in a folder against its cases, which are in files *_cases.yaml."`
	Eval    policyEvalCmd    `cmd:"" help:"Ask a gate about an input, by the policies in a folder."`
	Explain policyExplainCmd `cmd:"" help:"Say for an input which rules of a gate fired, and which line of the others did not hold."`
	Fmt     policyFmtCmd     `cmd:"" help:"Lay out the policies in a folder as OPA does; Rego v0 stays v0."`
	Advise  policyAdviseCmd  `cmd:"" help:"Propose changes to the rules, from what was decided."`
	WhatIf  policyWhatIfCmd  `cmd:"" name:"whatif" help:"Say what the rules in a folder would change: which apps, and which past decisions."`
	Export  policyExportCmd  `cmd:"" help:"Write the rules as YAML for a Kubernetes cluster, on standard output."`
}

type policyTestCmd struct {
	Dir      string  `arg:"" help:"A governance folder, or any folder with .rego files, at any depth."`
	Coverage bool    `help:"Say which lines of the rules the tests do not run."`
	Min      float64 `help:"The least share of lines that the tests must run, in percent; it brings --coverage with it." placeholder:"PERCENT"`
	Format   string  `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if a test does not pass or the tests
// cover too little, 2 if the policies cannot be read or hold no test.
func (c *policyTestCmd) Run(ctx context.Context, std IO) error {
	if c.Min < 0 || c.Min > 100 {
		return core.Errorf(core.Invalid, "--min is %v; it is a share in percent.", c.Min).Hinted("Give a number from 0 to 100.").At("min")
	}
	files, err := regoFiles(std, c.Dir)
	if err != nil {
		return err
	}
	var results []policy.TestResult
	var covered *policy.Coverage
	if c.Coverage || c.Min > 0 {
		covered = &policy.Coverage{}
		results, *covered, err = policy.TestCovered(ctx, files)
	} else {
		results, err = policy.Test(ctx, files)
	}
	if err != nil {
		return err
	}
	if len(results) == 0 {
		return core.Errorf(core.Invalid, "The folder %q has no policy tests.", c.Dir).Hinted("Write rules whose names begin with test_.")
	}
	return reportTests(std, c.Format, results, covered, c.Min)
}

func reportTests(std IO, format string, results []policy.TestResult, covered *policy.Coverage, floor float64) error {
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
	low := covered != nil && covered.Percent < floor
	if format == "json" {
		if err := printJSON(std, struct {
			OK       bool                `json:"ok"`
			Passed   int                 `json:"passed"`
			Failed   int                 `json:"failed"`
			Skipped  int                 `json:"skipped"`
			Tests    []policy.TestResult `json:"tests"`
			Coverage *policy.Coverage    `json:"coverage,omitempty"`
		}{failed == 0 && !low, passed, failed, skipped, results, covered}); err != nil {
			return err
		}
	} else {
		printTests(std, results)
		fmt.Fprintf(std.Out, "%d passed, %d failed, %d skipped\n", passed, failed, skipped)
		printCoverage(std, covered, floor)
	}
	if failed > 0 || low {
		return exitCode(1)
	}
	return nil
}

func printCoverage(std IO, c *policy.Coverage, floor float64) {
	if c == nil {
		return
	}
	for _, f := range c.Files {
		fmt.Fprintf(std.Out, "%5.1f%% %s", f.Percent, f.File)
		if len(f.Missing) > 0 {
			fmt.Fprintf(std.Out, "  lines that did not run: %s", strings.Join(f.Missing, ", "))
		}
		fmt.Fprintln(std.Out)
	}
	fmt.Fprintf(std.Out, "The tests run %.1f%% of the rules' lines.\n", c.Percent)
	if c.Percent < floor {
		fmt.Fprintf(std.Out, "At least %.1f%% must run. Write tests for the lines that did not.\n", floor)
	}
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
