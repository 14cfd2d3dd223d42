package testkit

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

// fresh is a new SQLite database, as a file.
var fresh = sync.OnceValues(newest)

// Folder returns an empty data folder that goes with the test.
func Folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := Lay(dir); err != nil {
		t.Fatalf("%v (cause: %v)", err, core.AsError(err).Err)
	}
	return dir
}

// Lay puts a new SQLite database with all its tables into a data folder, as the
// first start of a server would. It is made once in each process: to run every
// migration in each test takes longer than most tests do. It returns fs.ErrExist
// when the folder has a database.
func Lay(dir string) error {
	file, err := fresh()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, store.File), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(file)
	return errors.Join(err, f.Close())
}

func newest() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "paddock-fresh-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	db, err := store.Open(context.Background(), dir)
	if err != nil {
		return nil, err
	}
	pool, err := db.JobPool()
	if err == nil {
		err = errors.Join(job.MigrateSQLite(context.Background(), pool), pool.Close())
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, store.File))
}
