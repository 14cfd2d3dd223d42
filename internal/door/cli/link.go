package cli

import (
	"context"
	"fmt"
)

type linkCmd struct {
	Email string `arg:"" help:"E-mail of the person."`
	Data  string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *linkCmd) Run(ctx context.Context, std IO, p Programs) error {
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	link, err := p.Link(ctx, std.path(c.Data), database, c.Email)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			Link string `json:"link"`
		}{link})
	}
	_, err = fmt.Fprintln(std.Out, link)
	return err
}
