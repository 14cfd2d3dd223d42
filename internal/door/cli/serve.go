package cli

import "context"

type serveCmd struct {
	Config
	File fileConfig `help:"Configuration file (YAML)." placeholder:"FILE"`
}

// Run implements the command.
func (c *serveCmd) Run(ctx context.Context, std IO, p Programs) error {
	if err := c.Validate(); err != nil {
		return err
	}
	return p.Serve(ctx, c.Config, std)
}
