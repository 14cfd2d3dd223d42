package cli

import "context"

type serveCmd struct {
	Config
	File fileConfig `help:"Configuration file (YAML). Flags and environment win over it." placeholder:"FILE"`
}

// Run implements the command.
func (c *serveCmd) Run(ctx context.Context, std IO, p Programs) error {
	if err := c.Validate(); err != nil {
		return err
	}
	conf := c.Config
	conf.Data = std.path(conf.Data)
	conf.VulnDB, conf.VulnDBKeys = std.path(conf.VulnDB), std.path(conf.VulnDBKeys)
	conf.Identity = std.path(conf.Identity)
	address, err := conf.Address(std.path)
	if err != nil {
		return err
	}
	conf.Database = Database{Database: Address(address)}
	return p.Serve(ctx, conf, std)
}
