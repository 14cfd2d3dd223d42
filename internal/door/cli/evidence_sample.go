package cli

import (
	"fmt"

	"github.com/paddock-dev/paddock/internal/org/evidence"
)

type evidenceSampleCmd struct {
	File   string `arg:"" help:"The pack, a .zip file."`
	Kind   string `arg:"" help:"What to draw from, such as decisions; index.csv in the pack lists the kinds."`
	Size   int    `help:"How many to draw." default:"25"`
	Seed   string `help:"Any word; the same word draws the same sample." required:""`
	Format string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command.
func (c *evidenceSampleCmd) Run(std IO) error {
	f, size, err := openPack(std, c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	s, err := evidence.Draw(f, size, c.Kind, c.Size, c.Seed)
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, s)
	}
	fmt.Fprintf(std.Out, "%d of %d %s, drawn with the seed %q.\n\n", len(s.Rows), s.Population, s.Kind, s.Seed)
	for _, r := range s.Rows {
		fmt.Fprintf(std.Out, "%6d  %s  %s  %s  %s  %s  %s line %d\n", r.Number, r.At, r.App, r.What, r.Who, r.Outcome, r.File, r.Line)
	}
	return nil
}
