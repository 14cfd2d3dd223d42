// Package store keeps Paddock's records in SQLite (modernc, WAL, synchronous=FULL).
//
// One writer connection takes transactions one after another (BEGIN IMMEDIATE);
// a pool of readers sees the last commit. A transaction travels in the context:
// every method that writes must run inside InTx, and a transaction that writes
// without an audit event does not commit (promise 1: no act without its event).
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the "sqlite" driver

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// File is the name of the database inside the data folder.
const File = "paddock.db"

//go:embed migrations/*.sql migrations/sqlite/*.sql
var migrations embed.FS

// DB is the store. It is safe for concurrent use.
type DB struct {
	path    string
	writer  *sql.DB
	readers *sql.DB
}

// Open opens, and if needed creates and migrates, the database in dir.
// Errors: Unavailable when the file cannot be opened or migrated.
func Open(ctx context.Context, dir string) (*DB, error) {
	path := filepath.Join(dir, File)
	writer, err := open(path, "immediate", 1)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, writer); err != nil {
		writer.Close()
		return nil, core.Errorf(core.Unavailable, "the database %s could not be prepared: %w", path, err).
			Hinted("Check that the folder is writable and was not made by a newer Paddock.")
	}
	readers, err := open(path, "deferred", 4)
	if err != nil {
		writer.Close()
		return nil, err
	}
	return &DB{path: path, writer: writer, readers: readers}, nil
}

func open(path, lock string, most int) (*sql.DB, error) {
	q := url.Values{
		"_txlock": {lock},
		"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "recursive_triggers(1)", "cache_size(-8000)"},
	}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, core.Errorf(core.Unavailable, "the database %s could not be opened: %w", path, err)
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	files, err := migrationsFor("sqlite")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		return err
	}
	have, newest, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > newest {
		return fmt.Errorf("store: the database has version %d; this Paddock knows versions up to %d", have, newest)
	}
	_, err = p.Up(ctx)
	return err
}

// JobPool opens a further pool on the same file, for the job queue. The caller
// closes it.
func (d *DB) JobPool() (*sql.DB, error) { return open(d.path, "immediate", 1) }

// Close closes the store. In-flight transactions end first.
func (d *DB) Close() error { return errors.Join(d.readers.Close(), d.writer.Close()) }

// r returns the queries for reading: inside the context's transaction if there
// is one, else on a reader.
func (d *DB) r(ctx context.Context) *gen.Queries {
	if t := txOf(ctx); t != nil {
		return gen.New(t.tx)
	}
	return gen.New(d.readers)
}

// found turns "no rows" into NotFound and any other failure into Internal.
func found(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return core.Errorf(core.NotFound, format, args...)
	}
	return broken(fmt.Sprintf("Reading (%s)", fmt.Sprintf(format, args...)), err)
}

// broken hides a database error behind plain words.
func broken(doing string, err error) error {
	if err == nil {
		return nil
	}
	var e *core.Error
	if errors.As(err, &e) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return core.Hidden(doing, err)
}

// each converts a list.
func each[A, B any](rows []A, err error, conv func(A) B, doing string) ([]B, error) {
	if err != nil {
		return nil, broken(doing, err)
	}
	out := make([]B, 0, len(rows))
	for _, r := range rows {
		out = append(out, conv(r))
	}
	return out, nil
}

// changed demands that exactly one row was written.
func changed(n int64, err error, doing string, otherwise *core.Error) error {
	if err != nil {
		return broken(doing, err)
	}
	if n != 1 {
		return otherwise
	}
	return nil
}
