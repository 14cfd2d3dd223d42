package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

type fsckCmd struct {
	Data   string `help:"The server's data folder, or a copy of it." default:"paddock-data" env:"PADDOCK_DATA"`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if something does not hold, 2 if the
// folder cannot be read.
func (c *fsckCmd) Run(ctx context.Context, std IO) error {
	r, err := fsck.Check(ctx, std.path(c.Data))
	if err != nil {
		return err
	}
	return report(std, c.Format, r, r.OK)
}
