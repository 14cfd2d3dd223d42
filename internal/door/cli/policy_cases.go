package cli

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

type policyCasesCmd struct {
	Dir    string `arg:"" optional:"" help:"A governance folder, or any folder with .rego files; default this one." default:"."`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if a case does not hold, 2 if there is
// none or one cannot be read.
func (c *policyCasesCmd) Run(ctx context.Context, std IO) error {
	set, err := rulesIn{c.Dir}.rules(ctx, std)
	if err != nil {
		return err
	}
	var list []policy.Case
	_, err = inFolder(std, c.Dir, func(fsys fs.FS, governed bool) (err error) {
		top := "."
		if governed {
			top = "policies"
		}
		list, err = catalog.Cases(fsys, top)
		return err
	})
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return core.Errorf(core.Invalid, "The folder %q has no policy cases.", c.Dir).Hinted("Write files whose names end in _cases.yaml; see docs/guides/security.md.")
	}
	results, err := set.Cases(ctx, list)
	if err != nil {
		return err
	}
	return tellCases(std, c.Format, results)
}

func tellCases(std IO, format string, results []policy.CaseResult) error {
	failed := 0
	for _, r := range results {
		if !r.Pass {
			failed++
		}
		if format == "json" {
			continue
		}
		word := "ok  "
		if !r.Pass {
			word = "FAIL"
		}
		fmt.Fprintf(std.Out, "%s %s: %s\n", word, r.Gate, r.Note)
		if !r.Pass {
			fmt.Fprintf(std.Out, "     %s: %s\n", r.Place, r.Problem)
		}
	}
	if format == "json" {
		if err := printJSON(std, struct {
			OK     bool                `json:"ok"`
			Passed int                 `json:"passed"`
			Failed int                 `json:"failed"`
			Cases  []policy.CaseResult `json:"cases"`
		}{failed == 0, len(results) - failed, failed, results}); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(std.Out, "%d passed, %d failed\n", len(results)-failed, failed)
	}
	if failed > 0 {
		return exitCode(1)
	}
	return nil
}
