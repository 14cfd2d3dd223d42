package migrate

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// moved runs the migration, which must succeed, and looks at what came of it.
func (w *world) moved(t *testing.T) Result {
	t.Helper()
	r, err := ToPostgres(t.Context(), w.options())
	if err != nil || !r.OK {
		t.Fatalf("%+v, %v (%v)", r, err, core.AsError(err))
	}
	return r
}

// goesOn holds that the installation works on PostgreSQL as the server's role:
// records, queue and log, with the same keys.
func (w *world) goesOn(t *testing.T, apps int) {
	t.Helper()
	db, err := store.OpenAt(t.Context(), store.Where{Dir: w.Dir, URL: w.database.URL(postgres.Server)})
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer db.Close()
	all, err := db.Apps(t.Context(), "", 1000)
	if err != nil || len(all) != apps {
		t.Errorf("%d apps, want %d, %v", len(all), apps, err)
	}
	log := audit.NewLog(db, w.Clock, w.IDs, rand.Reader)
	w.Must(db.InTx(t.Context(), func(ctx context.Context) error {
		return log.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), Target: "there", Code: "ok"})
	}))
	if n, err := w.sequencer(t, db).IntegrateNow(t.Context()); err != nil || n == 0 {
		t.Errorf("the log does not go on: %d, %v", n, err)
	}
	tasks := w.tasks(t, db)
	if len(tasks) != apps {
		t.Errorf("%d tasks wait, want %d", len(tasks), apps)
	}
	for i, task := range tasks {
		if i < len(all) && (task.Task != "greet" || string(task.Payload) == "" || task.Attempts != 25) {
			t.Errorf("task %d is %+v", i, task)
		}
	}
	err = w.queueOn(t, db).Stop(context.Background())
	w.Must(err)
}

// A living installation moves: the bulk while the server runs, the rest in a
// short stop; then the old database is out of reach and kept.
func TestLivingInstallationMoves(t *testing.T) {
	w := newWorld(t, 20)
	w.running = true
	r, err := ToPostgres(t.Context(), w.options())
	if e := core.AsError(err); e == nil || e.Code != core.Conflict || !r.Ahead || !strings.Contains(e.Hint, "Stop the server") || r.Rows == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := store.OpenAt(t.Context(), store.Where{URL: w.url()}); core.CodeOf(err) != core.Conflict {
		t.Errorf("a server may start on half the records: %v", err)
	}
	w.act(5)
	w.SetDisabled(w.who, true)
	w.running = false
	r = w.moved(t)
	if r.Mended == 0 || r.Tasks != 25 || r.Audit.Size != 25 || r.Rows == 0 {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(filepath.Join(w.Dir, store.File)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old database is in its place: %v", err)
	}
	if _, err := os.Stat(filepath.Join(w.Dir, kept)); err != nil {
		t.Error(err)
	}
	_, err = store.Open(t.Context(), w.Dir)
	if e := core.AsError(err); e == nil || e.Code != core.Conflict || !strings.Contains(e.Hint, "--database") || strings.Contains(e.Error(), postgres.Password+"@") {
		t.Errorf("a server may start on the old database: %v", err)
	}
	w.goesOn(t, 25)
	if r, err := ToPostgres(t.Context(), w.options()); err != nil || !r.Before {
		t.Errorf("again: %+v, %v", r, err)
	}
}

// Cut off at any step, the migration goes on and ends the same. A cut between two
// statements may go unnoticed, because a pool takes another connection then; while
// rows are copied there is always one that notices.
func TestCutConnectionGoesOn(t *testing.T) {
	w := newWorld(t, 10)
	done := false
	for _, phase := range []string{"copying", "comparing", "audit root", "finishing"} {
		o := w.options()
		cutOff := false
		o.Told = func(p string, _, _ int64) {
			if p == phase && !cutOff {
				cutOff = true
				w.cut(t)
			}
		}
		r, err := ToPostgres(t.Context(), o)
		if done = err == nil && r.OK; done && phase != "copying" {
			break
		}
		if e := core.AsError(err); e == nil || e.Code != core.Unavailable || e.Hint == "" || !cutOff {
			t.Errorf("cut while %s: %+v, %v", phase, r.OK, err)
		}
		if _, err := os.Stat(filepath.Join(w.Dir, store.File)); err != nil {
			t.Errorf("cut while %s: %v", phase, err)
		}
	}
	if _, err := store.Open(t.Context(), w.Dir); !done && (core.CodeOf(err) != core.Conflict || !strings.Contains(err.Error(), "un paddock migrate")) {
		t.Errorf("half moved, but a server may start: %v", err)
	}
	w.moved(t)
	w.goesOn(t, 10)
}

// cut ends all connections to the database, as an administrator or a crash would.
func (w *world) cut(t *testing.T) {
	t.Helper()
	db := openSuper(t, w.database)
	if _, err := db.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Error(err)
	}
}

// Killed between the commit and the rename, nothing is copied twice.
func TestRenameIsMadeUp(t *testing.T) {
	w := newWorld(t, 3)
	w.moved(t)
	for _, suffix := range []string{"-wal", "-shm", ""} {
		err := os.Rename(filepath.Join(w.Dir, kept+suffix), filepath.Join(w.Dir, store.File+suffix))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if r := w.moved(t); r.Kept != kept {
		t.Errorf("%+v", r)
	}
	w.goesOn(t, 3)
}

// Wrong once: somebody else's rows, another installation's copy, no rights, no
// database, no folder.
func TestMigrationRefuses(t *testing.T) {
	w, other := newWorld(t, 2), newWorld(t, 1)
	other.moved(t)
	try := func(change func(o *Options)) error {
		o := w.options()
		change(&o)
		_, err := ToPostgres(t.Context(), o)
		return err
	}
	for what, c := range map[string]struct {
		change func(o *Options)
		code   core.Code
	}{
		"another installation": {func(o *Options) { o.URL = other.url() }, core.Conflict},
		"the server's role":    {func(o *Options) { o.URL = w.database.URL(postgres.Server) }, core.Unavailable},
		"a wrong password":     {func(o *Options) { o.URL = strings.Replace(o.URL, ":test@", ":wrong@", 1) }, core.Unavailable},
		"no database":          {func(o *Options) { o.URL = strings.Replace(o.URL, w.database.Name, "nowhere", 1) }, core.Unavailable},
		"no address":           {func(o *Options) { o.URL = "nonsense" }, core.Invalid},
		"no folder":            {func(o *Options) { o.Data = t.TempDir() }, core.NotFound},
	} {
		err := try(c.change)
		if e := core.AsError(err); e == nil || e.Code != c.code || e.Hint == "" || strings.Contains(e.Error(), "wrong@") {
			t.Errorf("%s: %v (%v)", what, err, core.CodeOf(err))
		}
	}
	if _, err := store.Open(t.Context(), w.Dir); err != nil {
		t.Errorf("a refused migration left its mark: %v", err)
	}
}
