package cli_test

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/app/backup"
	"github.com/paddock-dev/paddock/internal/app/migrate"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// keep is how internal/app backs up and restores, at the clock of the fixtures.
func keep(p cli.Programs) cli.Programs {
	p.Backup = func(ctx context.Context, o cli.BackupOptions) (cli.Outcome, error) {
		if _, err := os.Stat(filepath.Join(o.Data, "keys")); err != nil {
			return nil, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name it.")
		}
		db, err := store.OpenAt(ctx, store.Where{Dir: o.Data, URL: o.Database})
		if err != nil {
			return nil, err
		}
		defer db.Close()
		return backup.Make(ctx, backup.Options{Data: o.Data, To: o.To, Keys: o.Keys, Store: db, Clock: clock(), Log: audit.NewLog(db, clock(), core.IDs{}, rand.Reader)})
	}
	p.Drill = func(ctx context.Context, from string, _ func(string, int64, int64)) (cli.Outcome, error) {
		return backup.Drill(ctx, from, clock(), nil)
	}
	p.Restore = func(ctx context.Context, o cli.RestoreOptions) (cli.Outcome, error) {
		return backup.Restore(ctx, backup.RestoreOptions{From: o.From, To: o.To, Key: o.Key, Checkpoint: o.Checkpoint, Accept: o.Accept, Clock: clock()})
	}
	p.Migrate = func(ctx context.Context, o cli.MigrateOptions) (cli.Outcome, error) {
		return migrate.ToPostgres(ctx, migrate.Options{Data: o.Data, URL: o.Database, Roles: store.Roles{Server: o.ServerRole, Read: o.ReadRole}, Clock: clock(),
			Note: func(context.Context, string) error { return nil },
			Lock: func() (io.Closer, error) {
				if _, err := os.Stat(filepath.Join(o.Data, "running")); err == nil {
					return nil, core.Errorf(core.Conflict, "A server runs.")
				}
				return io.NopCloser(nil), nil
			}})
	}
	return p
}

// freshDatabase is the script command "database NAME": it puts the address of an
// empty database, as its owner, into $NAME, and as the server into $NAME_SERVER.
func freshDatabase(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: database NAME")
		}
		d := postgres.Shared(t).Empty(t)
		ts.Setenv(args[0], d.URL(postgres.Owner))
		ts.Setenv(args[0]+"_SERVER", d.URL(postgres.Server))
	}
}
