package cli

import "fmt"

type versionCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *versionCmd) Run(std IO, p Programs) error {
	if c.Format == "json" {
		return printJSON(std, struct {
			Version string `json:"version"`
		}{p.Version})
	}
	_, err := fmt.Fprintln(std.Out, p.Version)
	return err
}
