// Package store keeps Paddock's records: in SQLite in the data folder, or in
// PostgreSQL when it is given the address of a database. Both run the same
// queries and the same migrations; what differs stands in sqlite.go,
// postgres*.go and the folders migrations/sqlite and migrations/postgres.
//
// A transaction travels in the context: every method that writes must run
// inside InTx, and a transaction that writes without an audit event does not
// commit (promise 1: no act without its event). On SQLite one writer takes
// transactions one after another; on PostgreSQL they run at once, serializable,
// and one that collides runs again from its start. A pool of readers sees the
// last commit.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// File is the name of the SQLite database inside the data folder.
const File = "paddock.db"

//go:embed migrations/*.sql migrations/sqlite/*.sql migrations/postgres/*.sql
var migrations embed.FS

// The engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Where says where the records are.
type Where struct {
	Dir string // the data folder, for SQLite
	URL string // of PostgreSQL, postgres://...; if set, Dir is not used
}

// Engine returns SQLite or Postgres.
func (w Where) Engine() string {
	if w.URL != "" {
		return Postgres
	}
	return SQLite
}

// DB is the store. It is safe for concurrent use.
type DB struct {
	where    Where
	owner    bool
	writer   *sql.DB
	readers  *sql.DB
	together together // on SQLite
	noted    noted    // on SQLite
	locks    *sql.DB  // on PostgreSQL: connections that hold a name, see Alone

	groupRoles func() core.GroupRoles // see UseGroupRoles
}

// Open opens, and if needed creates and migrates, the SQLite database in dir.
// Errors: Unavailable when the file cannot be opened or migrated.
func Open(ctx context.Context, dir string) (*DB, error) { return OpenAt(ctx, Where{Dir: dir}) }

// OpenAt opens the store at w, and creates and migrates it where that is needed
// and allowed. Errors: Invalid for an address that is none, Unavailable when
// there is nothing to open or it cannot be brought to this program's version.
func OpenAt(ctx context.Context, w Where) (*DB, error) {
	if w.Engine() == Postgres {
		return openPostgres(ctx, w)
	}
	return openSQLite(ctx, w)
}

// Engine returns SQLite or Postgres.
func (d *DB) Engine() string { return d.where.Engine() }

// Owner reports whether the store is connected as a role that may change the
// schema, and so the audit log. It is false on SQLite, where the file's owner may.
func (d *DB) Owner() bool { return d.owner }

// JobPool opens a further pool on the same database, for the job queue. The
// caller closes it.
func (d *DB) JobPool() (*sql.DB, error) {
	if d.Engine() == Postgres {
		return postgresPool(d.where.URL, jobConns, nil)
	}
	return sqlitePool(d.where, "immediate", 1)
}

// Close closes the store. In-flight transactions end first.
func (d *DB) Close() error {
	err := errors.Join(d.readers.Close(), d.writer.Close())
	if d.locks != nil {
		err = errors.Join(err, d.locks.Close())
	}
	return err
}

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
