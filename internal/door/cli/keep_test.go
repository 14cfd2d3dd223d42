package cli_test

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/app/backup"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// keep is how internal/app backs up and restores, at the clock of the fixtures.
func keep(p cli.Programs) cli.Programs {
	p.Backup = func(ctx context.Context, o cli.BackupOptions) (cli.Outcome, error) {
		if _, err := os.Stat(filepath.Join(o.Data, store.File)); err != nil {
			return nil, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name it.")
		}
		db, err := store.Open(ctx, o.Data)
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
	return p
}
