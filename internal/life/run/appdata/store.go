package appdata

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// requestTimeout bounds the database work of one request.
const requestTimeout = 5 * time.Second

// pageSize is SQLite's usual page, in bytes.
const pageSize = 4096

// Options say how a Store is opened.
type Options struct {
	// OpenDB opens the SQLite file at path. It may harden the connection; the
	// Store uses one connection and sets what it relies on itself.
	OpenDB func(path string) (*sql.DB, error)
	Clock  core.Clock
	// QuotaMiB is the largest size of the file.
	QuotaMiB int
	// ReadOnly makes SQLite refuse whatever would change the file.
	ReadOnly bool
}

// Store is one app's database. It is safe for concurrent use; requests run
// one after another, as SQLite writes.
type Store struct {
	o    Options
	path string
	turn chan struct{} // holds one token: whose turn it is
	db   *sql.DB       // nil until the first request, and after a broken one
	conn *sql.Conn     // the one connection of db

	totalChanges int64 // of conn, after the last statement
}

// Open prepares the database file at path; folders are made as needed. The
// file itself appears with the first request.
func Open(o Options, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, core.Hidden("Making the folder of an app's data", err)
	}
	s := &Store{o: o, path: path, turn: make(chan struct{}, 1)}
	s.turn <- struct{}{}
	return s, nil
}

// Close waits for the request in progress and closes the file. The Store must
// not be used afterwards.
func (s *Store) Close() error {
	<-s.turn
	return s.drop()
}

// Resize sets another quota, from the next request on.
func (s *Store) Resize(quotaMiB int) error {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	if s.o.QuotaMiB == quotaMiB {
		return nil
	}
	s.o.QuotaMiB = quotaMiB
	return s.drop()
}

// settings make a connection safe for SQL of unknown origin and keep the
// file within its quota. Sorting spills to files, not to the server's memory.
func (s *Store) settings() []string {
	list := []string{
		"PRAGMA busy_timeout = 2000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL",
		"PRAGMA foreign_keys = ON", "PRAGMA trusted_schema = OFF", "PRAGMA temp_store = FILE",
		"PRAGMA cache_size = -2048", "PRAGMA mmap_size = 0", "PRAGMA journal_size_limit = 4194304",
		fmt.Sprintf("PRAGMA max_page_count = %d", s.o.QuotaMiB<<20/pageSize),
	}
	if s.o.ReadOnly {
		list = append(list, "PRAGMA query_only = ON") // an app's SQL cannot switch it off: see pragmas
	}
	return list
}

// connect makes sure there is a connection with the settings in force.
func (s *Store) connect(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	db, err := s.o.OpenDB(s.path)
	if err != nil {
		return core.Hidden("Opening an app's database", err)
	}
	db.SetMaxOpenConns(1)
	s.db = db
	if s.conn, err = db.Conn(ctx); err != nil {
		return core.Hidden("Opening an app's database", errors.Join(err, s.drop()))
	}
	for _, text := range s.settings() {
		if _, err := s.conn.ExecContext(ctx, text); err != nil {
			return core.Hidden("Setting up an app's database", errors.Join(err, s.drop()))
		}
	}
	s.totalChanges = 0
	return nil
}

// drop closes the file; whatever was not committed is undone. The next
// request opens it again.
func (s *Store) drop() error {
	if s.db == nil {
		return nil
	}
	if s.conn != nil {
		_ = s.conn.Close()
	}
	err := s.db.Close()
	s.db, s.conn = nil, nil
	return err
}

// run answers a request: all its statements in one transaction if there are
// several, or none of them.
func (s *Store) run(ctx context.Context, queries []query, wantRows bool) ([]result, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	select {
	case <-s.turn:
		defer func() { s.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	plan, several, err := plan(queries)
	if err != nil {
		return nil, err
	}
	if !several {
		return s.all(ctx, plan, wantRows)
	}
	if _, err := s.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	results, err := s.all(ctx, plan, wantRows)
	if err == nil {
		_, err = s.conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		// The context may be the reason, so the way back does not depend on it.
		if _, rerr := s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); rerr != nil {
			err = errors.Join(err, s.drop()) // closing rolls back too
		}
		return nil, err
	}
	return results, nil
}

// planned is one query split into statements.
type planned struct {
	statements []string
	params     []any
}

func plan(queries []query) (out []planned, several bool, err error) {
	for _, q := range queries {
		list, err := statements(q.SQL)
		if err != nil {
			return nil, false, err
		}
		switch {
		case len(list) == 0:
			return nil, false, refused("There is no SQL to run.", "Send one statement.")
		case len(list) > 1 && len(q.Params) > 0:
			return nil, false, refused("One prepared statement holds several statements.", "Prepare them one by one, and use batch().")
		}
		several = several || len(list) > 1 || len(out) > 0
		out = append(out, planned{list, q.Params})
	}
	return out, several, nil
}

func (s *Store) all(ctx context.Context, queries []planned, wantRows bool) ([]result, error) {
	results := make([]result, 0, len(queries))
	budget := maxAnswer
	for _, q := range queries {
		var last result
		for _, text := range q.statements {
			var err error
			if last, err = s.one(ctx, text, q.params, wantRows, &budget); err != nil {
				return nil, err
			}
		}
		results = append(results, last)
	}
	return results, nil
}
