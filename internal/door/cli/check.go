package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	checkreport "github.com/paddock-dev/paddock/internal/life/check/report"
)

type checkCmd struct {
	Dir        string `arg:"" optional:"" default:"." help:"The app's folder; default this one."`
	Format     string `help:"How to print: ${enum}." enum:"text,json,sarif,markdown" default:"text"`
	Governance string `help:"Governance folder; default the built-in one." placeholder:"DIR"`
}

// Run implements the command: exit code 0 pass, 1 blocked, 2 if something could
// not be looked at.
func (c *checkCmd) Run(ctx context.Context, std IO, p Programs) error {
	r, err := p.Check(ctx, std.path(c.Dir), std.path(c.Governance))
	if err != nil {
		return err
	}
	if err := c.print(std, r); err != nil {
		return err
	}
	if code := checkreport.ExitCode(r); code != 0 {
		return exitCode(code)
	}
	return nil
}

func (c *checkCmd) print(std IO, r core.Report) error {
	switch c.Format {
	case "json":
		return checkreport.JSON(std.Out, r)
	case "sarif":
		return checkreport.SARIF(std.Out, r)
	case "markdown":
		return checkreport.Markdown(std.Out, r)
	}
	color, width := std.terminal()
	return checkreport.Text(std.Out, r, checkreport.TextOptions{Color: color, Width: width})
}
