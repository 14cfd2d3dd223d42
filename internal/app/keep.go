package app

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/app/backup"
	"github.com/paddock-dev/paddock/internal/app/migrate"
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
	there := "keys"
	if o.Database == "" {
		there = store.File
	}
	_, moved, err := store.ReadMoved(data)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(data, there)); err != nil && !moved {
		return nil, core.Errorf(core.NotFound, "There is no Paddock data in %q.", o.Data).Hinted("Name the server's data folder with --data.")
	}
	db, err := store.OpenAt(ctx, store.Where{Dir: data, URL: o.Database})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	clock := &labClock{} // as far ahead as the server's, if that is a laboratory
	if err := clock.restore(ctx, db); err != nil {
		return nil, err
	}
	to, err := filepath.Abs(o.To)
	if err != nil {
		return nil, core.Hidden("Finding the place of the backup", err)
	}
	return outcome(backup.Make(ctx, backup.Options{Data: data, To: to, Keys: o.Keys, Store: db,
		Log: audit.NewLog(db, clock, core.IDs{}, rand.Reader), Clock: clock, IDs: core.IDs{}, Version: version, Told: o.Told}))
}

// Restore brings a backup back.
func Restore(ctx context.Context, o cli.RestoreOptions) (cli.Outcome, error) {
	from, err := filepath.Abs(o.From)
	to, err2 := filepath.Abs(o.To)
	if err := errors.Join(err, err2); err != nil {
		return nil, core.Hidden("Finding the places of the restore", err)
	}
	r := backup.RestoreOptions{From: from, To: to, Key: o.Key, Checkpoint: o.Checkpoint, Accept: o.Accept,
		Clock: core.SystemClock{}, IDs: core.IDs{}, Told: o.Told}
	if o.Database != "" {
		r.Onward = func(ctx context.Context, data string) (string, error) {
			m, err := migrate.ToPostgres(ctx, migrate.Options{Data: data, URL: o.Database, Roles: store.Roles{Server: o.ServerRole}, Clock: core.SystemClock{}, Told: o.Told,
				Lock: func() (io.Closer, error) { return io.NopCloser(nil), nil }, // nobody else knows the folder yet
				Note: func(context.Context, string) error { return nil }})         // backup.restore says it
			return m.Database, err
		}
	}
	return outcome(backup.Restore(ctx, r))
}

// Drill shows that a backup can be restored.
func Drill(ctx context.Context, from string, told func(phase string, done, all int64)) (cli.Outcome, error) {
	return outcome(backup.Drill(ctx, from, core.SystemClock{}, told))
}

// Migrate moves an installation's records to PostgreSQL.
func Migrate(ctx context.Context, o cli.MigrateOptions) (cli.Outcome, error) {
	data, err := filepath.Abs(o.Data)
	if err != nil {
		return nil, core.Hidden("Finding the data folder", err)
	}
	run := func() (migrate.Result, error) {
		return migrate.ToPostgres(ctx, migrate.Options{Data: data, URL: o.Database, Roles: store.Roles{Server: o.ServerRole, Read: o.ReadRole},
			Lock: func() (io.Closer, error) { return lock(filepath.Join(data, "lock")) }, Clock: core.SystemClock{}, Told: o.Told,
			Note: func(ctx context.Context, to string) error { return noteMove(ctx, data, to) }})
	}
	r, err := run()
	if r.Ahead && o.Wait > 0 {
		o.Told("waiting for the server to stop", 0, 0)
		if err := waitFree(ctx, filepath.Join(data, "lock"), o.Wait); err != nil {
			return r, err
		}
		r, err = run()
	}
	return r, err
}

// noteMove writes into the log of a data folder that its records move away.
func noteMove(ctx context.Context, data, to string) error {
	db, err := store.Open(ctx, data)
	if err != nil {
		return err
	}
	clock := &labClock{}
	if err = clock.restore(ctx, db); err == nil {
		log := audit.NewLog(db, clock, core.IDs{}, rand.Reader)
		err = db.InTx(ctx, func(ctx context.Context) error {
			return log.Append(ctx, core.Event{Action: "database.move", Actor: core.System("paddock migrate"), Target: to, Code: "ok"})
		})
	}
	return errors.Join(err, db.Close())
}

// waitFree waits until nobody has the data folder any more.
func waitFree(ctx context.Context, path string, most time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		f, err := lock(path)
		if err == nil {
			return f.Close()
		}
		if core.CodeOf(err) != core.Conflict {
			return err
		}
		select {
		case <-ctx.Done():
			return core.Errorf(core.Conflict, "The server still runs after %s.", most).Hinted("Stop it, then run the same command again: what is copied stays copied.")
		case <-tick.C:
		}
	}
}

func outcome(r backup.Result, err error) (cli.Outcome, error) { return r, err }
