package cli

import (
	"context"
	"io"
)

type grantExportCmd struct {
	ID  string `arg:"" help:"The grant's id."`
	Out string `short:"o" help:"File to write; default a name of the grant." placeholder:"FILE"`
	grantFlags
}

// Run implements the command: exit code 1 if what was written does not verify.
func (c *grantExportCmd) Run(ctx context.Context, std IO) error {
	out := c.Out
	if out == "" {
		out = "grant-" + c.ID + "-evidence.zip"
	}
	err := writeWhole(std, out, func(w io.Writer) error {
		return c.server().fetch(ctx, std, w, nil, "grants", c.ID, "evidence")
	})
	if err != nil {
		return err
	}
	return tellPack(ctx, std, out, c.Format)
}
