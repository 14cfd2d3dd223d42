package backup

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

// fromPostgres writes the moment of a PostgreSQL database as a SQLite database
// in the folder root, every row compared, with the tasks that wait.
func (o *Options) fromPostgres(ctx context.Context, root string, rows *sql.Tx) error {
	if err := emptySQLite(ctx, root); err != nil {
		return err
	}
	// Power may fail: then the copy is no backup, and is made again.
	u := url.URL{Scheme: "file", Path: filepath.Join(root, databaseFile), RawQuery: "_pragma=journal_mode(WAL)&_pragma=synchronous(0)&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return core.Hidden("Opening the copy", err)
	}
	err = o.fillFrom(ctx, db, rows)
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	}
	return errors.Join(err, db.Close())
}

func (o *Options) fillFrom(ctx context.Context, db *sql.DB, rows *sql.Tx) error {
	from, err := move.NewReader(ctx, rows, move.Postgres)
	if err != nil {
		return core.Hidden("Reading the database", err)
	}
	to, err := move.NewTarget(ctx, db, move.SQLite)
	if err != nil {
		return err
	}
	if _, err := to.Begin(ctx, from, "backup"); err != nil {
		return err
	}
	all, err := from.Count(ctx)
	if err != nil {
		return core.Hidden("Counting the rows", err)
	}
	if err := move.Copy(ctx, from, to, func(s move.Step) { o.told("records", s.Rows, all) }); err != nil {
		return err
	}
	if _, err := move.Settle(ctx, from, to, func(s move.Step) { o.told("comparing", s.Rows, all) }); err != nil {
		return err
	}
	waiting, err := job.TakeOut(ctx, rows, true)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return core.Hidden("Finishing the copy", err)
	}
	defer tx.Rollback()
	if err := job.PutIn(ctx, tx, false, waiting); err != nil {
		return err
	}
	if err := to.Finish(ctx, tx, false); err != nil {
		return err
	}
	return tx.Commit()
}

// emptySQLite makes an empty SQLite database with all tables, the queue's too.
func emptySQLite(ctx context.Context, root string) error {
	if err := os.Remove(filepath.Join(root, databaseFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fileFault("Making the copy", err)
	}
	db, err := store.Open(ctx, root)
	if err != nil {
		return err
	}
	pool, err := db.JobPool()
	if err == nil {
		err = errors.Join(job.MigrateSQLite(ctx, pool), pool.Close())
	}
	return errors.Join(err, db.Close())
}
