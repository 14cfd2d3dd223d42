package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/paddock-dev/paddock/internal/door/view"
)

type scimCmd struct {
	Status scimStatusCmd `cmd:"" help:"Show the sign-in providers that bring people, and whether one is held."`
	Lift   scimLiftCmd   `cmd:"" help:"Let a provider go on that wanted to switch off too many people: for an hour it may switch off anybody."`
}

type scimStatusCmd struct {
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
	home
}

// Run implements the command.
func (c *scimStatusCmd) Run(ctx context.Context, std IO) error {
	var out struct {
		Items []view.Directory `json:"items"`
	}
	if err := c.get(ctx, std, &out, "directories"); err != nil || c.Format == "json" {
		return orPrint(std, err, out.Items)
	}
	if len(out.Items) == 0 {
		_, err := fmt.Fprintln(std.Out, "No sign-in provider brings people by SCIM. Set scim: true for one in the identity file.")
		return err
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROVIDER\tSWITCHED OFF WITHIN AN HOUR\tMOST\tSTATE")
	for _, d := range out.Items {
		state := "open"
		switch {
		case !d.HeldSince.IsZero():
			state = "held since " + d.HeldSince.UTC().Format(time.RFC3339)
		case d.FreeUntil.After(time.Now()):
			state = "free until " + d.FreeUntil.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", d.Provider, d.Removed, d.Most, state)
	}
	return w.Flush()
}

type scimLiftCmd struct {
	Provider string `arg:"" help:"Name of the provider in the identity file."`
	home
}

// Run implements the command.
func (c *scimLiftCmd) Run(ctx context.Context, std IO) error {
	if err := c.server().send(ctx, std, "", nil, nil, nil, "directories", c.Provider, "lift"); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.Out, "%s may go on. For an hour it may switch off anybody.\n", c.Provider)
	return err
}
