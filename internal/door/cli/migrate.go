package cli

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// MigrateOptions say what to move and where to.
type MigrateOptions struct {
	Data       string
	Database   string        // its URL, as the owner of the tables
	ServerRole string        // given its rights, if named
	ReadRole   string        // given its rights, if named
	Wait       time.Duration // how long to wait for the server to stop
	Told       func(phase string, done, all int64)
}

type migrateCmd struct {
	Postgres migratePostgresCmd `cmd:"" name:"sqlite-to-postgres" help:"Move a living installation's records to PostgreSQL, verified row by row. It may be run again after any failure."`
}

type migratePostgresCmd struct {
	Data string `help:"The server's data folder." default:"paddock-data" env:"PADDOCK_DATA"`
	Database
	ServerRole string        `help:"Role that the server will sign in as; it is given its rights." placeholder:"ROLE"`
	ReadRole   string        `help:"Role that reads for reports; it is given its rights." placeholder:"ROLE"`
	Wait       time.Duration `help:"How long to wait for a running server to stop, once the bulk is copied; default not at all."`
	Format     string        `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// Run implements the command: exit code 1 if a server runs, or the target is
// not ours or not of this version.
func (c *migratePostgresCmd) Run(ctx context.Context, std IO, p Programs) error {
	if c.Wait < 0 {
		return core.Errorf(core.Invalid, "--wait is %s, which is less than nothing.", c.Wait).Hinted("Write for example --wait 10m.")
	}
	to, err := c.Address(std.path)
	if err != nil {
		return err
	}
	if to == "" {
		return core.Errorf(core.Invalid, "No database is named.").Hinted("Name it with --database, signed in as the owner of its tables: postgres://owner:password@host/name.")
	}
	o := MigrateOptions{Data: std.path(c.Data), Database: to, ServerRole: c.ServerRole, ReadRole: c.ReadRole, Wait: c.Wait}
	return std.long(ctx, c.Format, func(told func(string, int64, int64)) (Outcome, error) {
		o.Told = told
		return p.Migrate(ctx, o)
	})
}
