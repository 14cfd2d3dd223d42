package cli

import (
	"context"

	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

type fsckCmd struct {
	Data     string `help:"The server's data folder, or a copy of it." default:"paddock-data" env:"PADDOCK_DATA"`
	Database string `help:"Address of the PostgreSQL database that holds the records: postgres://role@host:5432/name. The password may stand in PGPASSWORD or PGPASSFILE." placeholder:"URL"`
	Replay   bool   `help:"Decide every stored decision again by the rules that it names." default:"true" negatable:""`
	Format   string `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if something does not hold, 2 if the
// folder or the database cannot be read.
func (c *fsckCmd) Run(ctx context.Context, std IO, p Programs) error {
	bar := std.progress()
	o := fsck.Options{Dir: std.path(c.Data), URL: c.Database, Progress: bar.told}
	if c.Replay && p.PastRules != nil {
		o.Rules = p.PastRules(o.Dir)
	}
	r, err := fsck.Look(ctx, o)
	bar.end()
	if err != nil {
		return err
	}
	return report(std, c.Format, r, r.OK)
}
