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
)

// migrate brings a database to the newest version of this program.
func migrate(ctx context.Context, db *sql.DB, engine string, dialect goose.Dialect, options ...goose.ProviderOption) error {
	p, err := provider(db, engine, dialect, options...)
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
