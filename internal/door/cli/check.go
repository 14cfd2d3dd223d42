package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

type checkCmd struct {
	Dir        string `arg:"" optional:"" default:"." help:"The app's folder; default this one."`
	Format     string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	Governance string `help:"Governance folder; default the built-in one." placeholder:"DIR"`
}

// Run implements the command: exit code 0 pass, 1 blocked, 2 if something could
// not be looked at.
func (c *checkCmd) Run(ctx context.Context, std IO, p Programs) error {
	r, err := p.Check(ctx, std.path(c.Dir), std.path(c.Governance))
	if err != nil {
		return err
	}
	if err := printJSON(std, r); err != nil {
		return err
	}
	switch r.Verdict {
	case core.Passed:
		return nil
	case core.Blocks:
		return exitCode(1)
	default:
		return exitCode(2)
	}
}
