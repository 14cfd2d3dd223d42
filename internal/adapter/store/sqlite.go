package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the "sqlite" driver

	"github.com/paddock-dev/paddock/internal/core"
)

// sqliteReaders is how many connections read at once.
const sqliteReaders = 4

// openSQLite opens the database in a data folder: one writer connection takes
// transactions one after another (BEGIN IMMEDIATE), WAL, synchronous=FULL.
func openSQLite(ctx context.Context, w Where) (*DB, error) {
	if err := notMoved(w.Dir); err != nil {
		return nil, err
	}
	writer, err := sqlitePool(w, "immediate", 1)
	if err != nil {
		return nil, err
	}
	if _, err := migrate(ctx, writer, SQLite, goose.DialectSQLite3); err != nil {
		writer.Close()
		if e := (*core.Error)(nil); errors.As(err, &e) {
			return nil, err
		}
		return nil, core.Errorf(core.Unavailable, "the database %s could not be prepared: %w", filepath.Join(w.Dir, File), err).
			Hinted("Check that the folder is writable and is not full.")
	}
	readers, err := sqlitePool(w, "deferred", sqliteReaders)
	if err != nil {
		writer.Close()
		return nil, err
	}
	d := &DB{where: w, writer: writer, readers: readers}
	if err := d.noted.prepare(ctx, writer); err != nil {
		return nil, errors.Join(broken("Opening the database", err), d.Close())
	}
	return d, nil
}

func sqlitePool(w Where, lock string, most int) (*sql.DB, error) {
	path := filepath.Join(w.Dir, File)
	q := url.Values{
		"_txlock": {lock},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "cache_size(-8000)"},
	}
	if lock == "deferred" {
		// Every commit empties the page caches of the other connections. A reader that
		// looks into the mapped file has next to nothing to empty; the writer keeps
		// away from maps, so that a fault of the disk is an error and not a signal.
		q.Add("_pragma", "mmap_size(2147418112)")
	}
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()} // a path may hold # and ?
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		return nil, core.Errorf(core.Unavailable, "the database %s could not be opened: %w", path, err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}
