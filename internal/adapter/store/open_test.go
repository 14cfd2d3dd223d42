package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// Opening again keeps what is there, and every connection has the settings that
// durability and the guards rest on.
func TestOpen(t *testing.T) {
	g := testkit.On(t, store.SQLite)
	ana := g.Somebody("ana@example.org")
	again, err := store.Open(t.Context(), g.Dir)
	g.Must(err)
	defer again.Close()
	if p, err := again.Person(t.Context(), ana.ID); err != nil || p.Email != ana.Email {
		t.Errorf("after opening again: %+v, %v", p, err)
	}
	pool, err := again.JobPool()
	g.Must(err)
	defer pool.Close()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "recursive_triggers": "1", "busy_timeout": "10000"} {
		var got string
		g.Must(pool.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s = %s, want %s", pragma, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	notADatabase := t.TempDir()
	if err := os.WriteFile(filepath.Join(notADatabase, store.File), []byte("this is a text file, not a database, and a long one at that"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"no folder": filepath.Join(t.TempDir(), "missing"), "a text file": notADatabase} {
		db, err := store.Open(t.Context(), dir)
		if core.CodeOf(err) != core.Unavailable || core.AsError(err).Hint == "" {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			db.Close()
		}
	}
}

// A database of a newer Paddock is left alone.
func TestNewerDatabase(t *testing.T) {
	g := testkit.On(t, store.SQLite)
	db, err := sql.Open("sqlite", filepath.Join(g.Dir, store.File))
	g.Must(err)
	defer db.Close()
	_, err = db.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	g.Must(err)
	again, err := store.Open(t.Context(), g.Dir)
	if err == nil {
		again.Close()
		t.Fatal("opened a database of a newer version")
	}
	if core.CodeOf(err) != core.Unavailable {
		t.Error(err)
	}
}

// A data folder may have any name; the database is in it, and nowhere else.
func TestOddFolderNames(t *testing.T) {
	for _, name := range []string{"a#b", "a?b=c", "50%41", "a b+c", "ü"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(t.Context(), dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		db.Close()
		if _, err := os.Stat(filepath.Join(dir, store.File)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
