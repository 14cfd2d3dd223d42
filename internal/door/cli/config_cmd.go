package cli

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/signin"
)

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Read the configuration as the server would, and report every fault."`
	Show  configShowCmd  `cmd:"" help:"Print the configuration in force."`
}

type configCheckCmd struct {
	Config
	File   fileConfig `help:"Configuration file (YAML). Flags and environment win over it." placeholder:"FILE"`
	Format string     `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *configCheckCmd) Run(std IO) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if c.Identity != "" {
		if _, err := signin.ReadFile(std.path(c.Identity)); err != nil {
			return err
		}
	}
	if c.Format == "json" {
		return printJSON(std, problem{OK: true})
	}
	_, err := fmt.Fprintln(std.Out, "The configuration is good.")
	return err
}

type configShowCmd struct {
	Config
	File   fileConfig `help:"Configuration file (YAML). Flags and environment win over it." placeholder:"FILE"`
	Format string     `help:"How to print: ${enum}; text is YAML." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *configShowCmd) Run(std IO) error {
	if c.Format == "json" {
		return printJSON(std, c.Config)
	}
	b, err := yaml.Marshal(c.Config)
	if err != nil {
		return core.Hidden("Printing the configuration", err)
	}
	_, err = std.Out.Write(b)
	return err
}
