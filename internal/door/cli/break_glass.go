package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"
)

type glassCmd struct {
	Seal glassSealCmd `cmd:"" help:"Make codes for the safe, in place of the person's unused ones, and print them once."`
	List glassListCmd `cmd:"" help:"List sealed codes with their age, and how codes were used."`
}

// Sealed is a sealed code as it is listed.
type Sealed struct {
	ID       string    `json:"id"`
	Holder   string    `json:"holder"`
	Sealed   time.Time `json:"sealed_at"`
	Days     int       `json:"age_days"`
	Used     time.Time `json:"used_at,omitzero"`
	Reason   string    `json:"reason,omitempty"`
	Reviewed bool      `json:"reviewed"`
}

type glassSealCmd struct {
	Email string `arg:"" help:"E-mail of the person of the platform team who holds the codes."`
	Count int    `help:"How many codes, 1 to 10." default:"1"`
	Data  string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
}

// Run implements the command. Alone on standard output stand the codes.
func (c *glassSealCmd) Run(ctx context.Context, std IO, p Programs) error {
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	codes, err := p.Seal(ctx, std.path(c.Data), database, c.Email, c.Count)
	if err != nil {
		return err
	}
	fmt.Fprintf(std.Err, "Codes of %s, shown only now. Put each into an envelope of its own, and into a safe. Older unused ones open nothing any more.\n", c.Email)
	for _, code := range codes {
		fmt.Fprintln(std.Out, code)
	}
	return nil
}

type glassListCmd struct {
	Data string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *glassListCmd) Run(ctx context.Context, std IO, p Programs) error {
	database, err := c.Address(std.path)
	if err != nil {
		return err
	}
	all, err := p.Sealed(ctx, std.path(c.Data), database)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, all)
	}
	w := tabwriter.NewWriter(std.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "HOLDER\tSEALED\tDAYS\tSTATE\tREASON")
	for _, s := range all {
		state := "sealed"
		if !s.Used.IsZero() {
			state = "used " + s.Used.UTC().Format("2006-01-02 15:04")
			if !s.Reviewed {
				state += ", waits for review"
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\n", s.Holder, s.Sealed.UTC().Format("2006-01-02"), s.Days, state, s.Reason)
	}
	return w.Flush()
}
