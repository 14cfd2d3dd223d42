package app

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

// Backup copies a living installation and verifies the copy.
func Backup(ctx context.Context, version string, o cli.BackupOptions) (cli.Outcome, error) {
	data, err := filepath.Abs(o.Data)
	if err != nil {
		return nil, core.Hidden("Finding the data folder", err)
	}
	if _, err := os.Stat(filepath.Join(data, store.File)); err != nil {
		return nil, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.Open(ctx, data)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, db); err != nil {
		return nil, err
	}
	return outcome(backup.Make(ctx, backup.Options{Data: data, To: o.To, Keys: o.Keys, Store: db, Engine: "sqlite",
		Log: audit.NewLog(db, clock, core.IDs{}, rand.Reader), Clock: clock, IDs: core.IDs{}, Version: version, Told: o.Told}))
}

// Restore brings a backup back.
func Restore(ctx context.Context, o cli.RestoreOptions) (cli.Outcome, error) {
	return outcome(backup.Restore(ctx, backup.RestoreOptions{From: o.From, To: o.To, Key: o.Key, Checkpoint: o.Checkpoint, Accept: o.Accept,
		Clock: core.SystemClock{}, IDs: core.IDs{}, Told: o.Told}))
}

// Drill shows that a backup can be restored.
func Drill(ctx context.Context, from string, told func(phase string, done, all int64)) (cli.Outcome, error) {
	return outcome(backup.Drill(ctx, from, core.SystemClock{}, told))
}

func outcome(r backup.Result, err error) (cli.Outcome, error) { return r, err }
