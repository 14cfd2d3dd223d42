package cli

import "fmt"

type versionCmd struct{}

// Run implements the command.
func (versionCmd) Run(std IO, p Programs) error {
	_, err := fmt.Fprintln(std.Out, p.Version)
	return err
}
