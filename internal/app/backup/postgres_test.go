package backup

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/app/migrate"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// An installation on PostgreSQL is backed up under load, by the server's own
// role, into an ordinary data folder; it comes back on either engine.
func TestBackupOfPostgres(t *testing.T) {
	w := newWorldOn(t, store.Postgres)
	q, err := job.NewQueue(t.Context(), job.Options{Pool: w.SQL(), Postgres: true, Transactions: w.DB, Log: slog.New(slog.DiscardHandler),
		Work: map[string]job.Work{"greet": func(context.Context, json.RawMessage) error { return nil }}})
	w.Must(err)
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error { return q.Add(ctx, "greet", "waiting") }))
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		for ctx.Err() == nil {
			w.act(t)
		}
	})
	dir := t.TempDir()
	before := w.acked.Load()
	from := filepath.Join(dir, "b")
	made := w.made(t, from)
	stop()
	work.Wait()
	if last := w.holds(t, clone(t, from)); last < before || made.Backup.Engine != store.Postgres {
		t.Errorf("act %d was acknowledged before, the backup ends with %d; %+v", before, last, made.Backup)
	}
	back := filepath.Join(dir, "back")
	if r, err := w.restore(t, from, back, ""); err != nil || !r.OK {
		t.Fatalf("%+v, %v", r.Problems, err)
	}
	lite, err := store.Open(t.Context(), back)
	w.Must(err)
	w.waits(t, lite)
	w.Must(lite.Close())
	f, err := fsck.Check(t.Context(), back)
	if err != nil || !f.OK {
		t.Errorf("fsck: %v, %v", f.Problems, err)
	}
	onPostgres(t, w, from, filepath.Join(dir, "again"), made)
}

// clone copies a folder, since looking at it as a server would changes it.
func clone(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "clone")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// waits holds that the waiting task came along.
func (w *world) waits(t *testing.T, db *store.DB) {
	t.Helper()
	pool, err := db.JobPool()
	w.Must(err)
	defer pool.Close()
	tx, err := pool.BeginTx(t.Context(), nil)
	w.Must(err)
	defer tx.Rollback()
	tasks, err := job.TakeOut(t.Context(), tx, db.Engine() == store.Postgres)
	if err != nil || len(tasks) != 1 || string(tasks[0].Payload) != `"waiting"` {
		t.Errorf("tasks on %s: %+v, %v", db.Engine(), tasks, err)
	}
}

// onPostgres restores a backup into a new database.
func onPostgres(t *testing.T, w *world, from, to string, made Result) {
	t.Helper()
	fresh := postgres.Shared(t).Empty(t)
	r, err := Restore(t.Context(), RestoreOptions{From: from, To: to, Clock: core.SystemClock{}, IDs: w.IDs,
		Onward: func(ctx context.Context, data string) (string, error) {
			m, err := migrate.ToPostgres(ctx, migrate.Options{Data: data, URL: fresh.URL(postgres.Owner), Roles: store.Roles{Server: postgres.Server}, Clock: core.SystemClock{},
				Lock: func() (io.Closer, error) { return io.NopCloser(nil), nil }, Note: func(context.Context, string) error { return nil }})
			return m.Database, err
		}})
	if err != nil || !r.OK || r.Restored.Database == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	db, err := store.OpenAt(t.Context(), store.Where{Dir: to, URL: fresh.URL(postgres.Server)})
	w.Must(err)
	defer db.Close()
	w.waits(t, db)
	if c, err := db.Checkpoint(t.Context()); err != nil || c == "" || c != made.Backup.Checkpoint && made.Backup.Checkpoint != "" {
		t.Errorf("the log's checkpoint is %q, was %q, %v", c, made.Backup.Checkpoint, err)
	}
	if _, err := store.Open(t.Context(), to); core.CodeOf(err) != core.Conflict {
		t.Errorf("a server may start on SQLite too: %v", err)
	}
}
