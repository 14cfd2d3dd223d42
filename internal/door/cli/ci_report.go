package cli

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/life/check/outside"
)

type ciReportCmd struct {
	Server
	File   string `arg:"" help:"The report, as SARIF 2.1.0."`
	App    string `help:"Name of the app." required:""`
	Commit string `help:"The commit that it is about; in a pipeline, the run's." required:"" env:"GITHUB_SHA,CI_COMMIT_SHA" placeholder:"SHA"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *ciReportCmd) Run(ctx context.Context, std IO) error {
	body, err := readFile(std, c.File, outside.MaxSize)
	if err != nil {
		return err
	}
	var r view.OutsideReport
	if err := c.send(ctx, std, "application/sarif+json", body, &r, nil, "apps", c.App, "commits", c.Commit, "reports"); err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, r)
	}
	_, err = fmt.Fprintf(std.Out, "The report of %s is kept: %d results.\n", r.Tools, r.Results)
	return err
}
