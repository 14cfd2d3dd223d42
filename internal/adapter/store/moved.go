package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
)

// MovedFile marks a data folder whose records are moving, or have moved, to
// PostgreSQL: no store is opened on its SQLite database any more.
const MovedFile = "moved.json"

// Moved says where the records of a data folder went.
type Moved struct {
	To   string    `json:"to"` // address without its password
	At   time.Time `json:"at"`
	Kept string    `json:"kept"` // name of the old database, once the move is over
}

// ReadMoved reads a data folder's mark; ok is false if it has none.
func ReadMoved(dir string) (m Moved, ok bool, err error) {
	b, err := os.ReadFile(filepath.Join(dir, MovedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return m, true, core.Errorf(core.Unreadable, "The file %s cannot be read: %w.", filepath.Join(dir, MovedFile), err).
			Hinted("It says that the records moved to PostgreSQL. Run the migration again.")
	}
	return m, true, nil
}

// notMoved refuses a data folder whose records are elsewhere.
func notMoved(dir string) error {
	m, moved, err := ReadMoved(dir)
	if err != nil || !moved {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, File)); err == nil {
		return core.Errorf(core.Conflict, "The records of %s are on their way to %s; that began at %s and was not finished.", dir, m.To, m.At.UTC().Format(time.RFC3339)).
			Hinted("Run paddock migrate sqlite-to-postgres again: it goes on. To stay on SQLite instead, delete %s.", filepath.Join(dir, MovedFile))
	}
	return core.Errorf(core.Conflict, "The records of %s moved to %s at %s.", dir, m.To, m.At.UTC().Format(time.RFC3339)).
		Hinted("Start with --database and that address. The old database is kept as %s; it lacks everything that happened since.", m.Kept)
}

// wholeCopy refuses a PostgreSQL database that a copy has not finished yet.
func wholeCopy(ctx context.Context, db *sql.DB, address string) error {
	open, err := move.Open(ctx, db, move.Postgres)
	if err != nil {
		return unreachable(address, err)
	}
	if open {
		return core.Errorf(core.Conflict, "The records in %s are not complete: a migration to it was begun and not finished.", Redacted(address)).
			Hinted("Run the same paddock migrate or paddock restore command again: it goes on where it stopped.")
	}
	return nil
}

// Version returns the schema version of a SQLite database, and the newest one
// that this program knows.
func Version(ctx context.Context, db *sql.DB) (have, newest int64, err error) {
	p, err := provider(db, SQLite, goose.DialectSQLite3)
	if err != nil {
		return 0, 0, err
	}
	sources := p.ListSources()
	err = db.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&have)
	return have, sources[len(sources)-1].Version, err
}
