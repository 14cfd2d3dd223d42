package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/pressly/goose/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// migrate brings a database to the newest version of this program, where it is
// older. A newer one is left alone: it is good if its schema still carries this
// program, else refused.
func migrate(ctx context.Context, db *sql.DB, engine string, dialect goose.Dialect, options ...goose.ProviderOption) (version int64, err error) {
	p, err := provider(db, engine, dialect, options...)
	if err != nil {
		return 0, err
	}
	have, newest, err := p.GetVersions(ctx)
	if err != nil {
		return 0, err
	}
	if have > newest {
		return have, carries(ctx, db, have, newest)
	}
	if _, err = p.Up(ctx); err != nil {
		return have, err
	}
	return newest, nil
}

// carries reports whether a schema of version have still carries a program that
// knows versions up to ours: each migration that it does not know must say so.
// Errors: Unavailable, naming both versions.
func carries(ctx context.Context, db *sql.DB, have, ours int64) error {
	var unknown, willing int
	err := db.QueryRowContext(ctx, `SELECT count(*), count(s.version) FROM goose_db_version g
LEFT JOIN schema_support s ON s.version = g.version_id AND s.oldest <= $1 WHERE g.version_id > $1`, ours).Scan(&unknown, &willing)
	if err != nil {
		return err
	}
	if unknown != willing {
		return core.Errorf(core.Unavailable, "The database has schema version %d, which does not carry this Paddock: it knows versions up to %d.", have, ours).
			Hinted("Run the newer Paddock again, or restore the backup that was made before the upgrade.")
	}
	return nil
}

// SchemaVersion is the newest migration that this program knows.
func SchemaVersion(engine string) (int64, error) {
	files, err := migrationsFor(engine)
	if err != nil {
		return 0, err
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		return 0, fmt.Errorf("store: no migrations: %w", err)
	}
	return goose.NumericComponent(names[len(names)-1])
}

func provider(db *sql.DB, engine string, dialect goose.Dialect, options ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := migrationsFor(engine)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db, files, append(options, goose.WithDisableGlobalRegistry(true))...)
}

// migrationsFor returns the migrations of one engine: those that all engines
// share, and its own ones in the folder of its name.
func migrationsFor(engine string) (fs.FS, error) {
	shared, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	own, err := fs.Sub(migrations, "migrations/"+engine)
	if engine == Postgres {
		shared = binary{shared}
	}
	return layers{shared, own}, err
}

// binary shows shared migrations as PostgreSQL is to run them: text is compared
// byte by byte, as SQLite does, whatever the collation of the database is. So
// lists have one order on both engines, and a new version of the operating
// system's collations cannot damage an index.
type binary struct{ fs.FS }

var textColumn = regexp.MustCompile(`\bTEXT\b`)

// ReadFile implements fs.ReadFileFS, which goose reads with.
func (b binary) ReadFile(name string) ([]byte, error) {
	text, err := fs.ReadFile(b.FS, name)
	return textColumn.ReplaceAll(text, []byte(`TEXT COLLATE "C"`)), err
}

// Open opens the changed file.
func (b binary) Open(name string) (fs.File, error) {
	file, err := b.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := b.ReadFile(name)
	return &changedFile{File: file, r: bytes.NewReader(text)}, err
}

// changedFile is a file with other bytes in it.
type changedFile struct {
	fs.File
	r *bytes.Reader
}

// Read reads the other bytes.
func (c *changedFile) Read(b []byte) (int, error) { return c.r.Read(b) }

// layers shows the files of several file systems in one folder.
type layers []fs.FS

// Open opens the first file of that name.
func (l layers) Open(name string) (fs.File, error) {
	for _, f := range l {
		file, err := f.Open(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// ReadDir lists the files of all layers by name.
func (l layers) ReadDir(name string) ([]fs.DirEntry, error) {
	var all []fs.DirEntry
	for _, f := range l {
		some, err := fs.ReadDir(f, name)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}
