package cli

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

type databaseCmd struct {
	Prepare databasePrepareCmd `cmd:"" help:"Make or upgrade the tables in PostgreSQL, as their owner, and give the server its rights."`
}

type databasePrepareCmd struct {
	Database     Address `help:"Address of the database for its owner: postgres://owner:password@host/name." env:"PADDOCK_OWNER_DATABASE" placeholder:"URL"`
	DatabaseFile string  `help:"File that holds this address, to keep its password out of the process list." env:"PADDOCK_OWNER_DATABASE_FILE" placeholder:"FILE"`
	ServerRole   string  `help:"The role that the server connects as. It may only add to the audit log." placeholder:"NAME"`
	ReadRole     string  `help:"A role that may read records for reports, but no secrets." placeholder:"NAME"`
	Format       string  `help:"How to print: ${enum}." enum:"text,json" default:"text"`
}

// PrepareOptions say which database to prepare, and for whom.
type PrepareOptions struct {
	Owner        string // address
	Server, Read string // roles; "" for none
}

// Run implements the command. It may be repeated at any time.
func (c *databasePrepareCmd) Run(ctx context.Context, std IO, p Programs) error {
	address, err := Database{Database: c.Database, DatabaseFile: c.DatabaseFile}.Address(std.path)
	if err != nil {
		return err
	}
	if address == "" {
		return core.Errorf(core.Invalid, "No database is named.").At("database").Hinted("Give the owner's address with --database or --database-file.")
	}
	version, err := p.Prepare(ctx, PrepareOptions{Owner: address, Server: c.ServerRole, Read: c.ReadRole})
	if err != nil {
		return err
	}
	if c.Format == "json" {
		return printJSON(std, struct {
			OK       bool    `json:"ok"`
			Database Address `json:"database"`
			Version  int64   `json:"schema_version"`
		}{true, Address(address), version})
	}
	_, err = fmt.Fprintf(std.Out, "The database %s is ready, with schema version %d.\n", Address(address), version)
	return err
}
