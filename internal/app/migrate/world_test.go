package migrate

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// world is a SQLite installation whose acts leave a waiting task each, and an
// empty PostgreSQL database.
type world struct {
	*testkit.Ground
	keys     *seal.Keyring
	seq      *audit.Sequencer
	queue    *job.Queue
	who      core.Person
	n        int
	database postgres.Database
	running  bool // a server has the folder
}

func newWorld(t *testing.T, acts int) *world {
	g := testkit.On(t, store.SQLite)
	w := &world{Ground: g, who: g.Somebody("ada@example.org", core.RoleMaker), database: postgres.Shared(t).Empty(t)}
	var err error
	w.keys, err = seal.Open(filepath.Join(g.Dir, "keys"), rand.Reader)
	g.Must(err)
	w.seq = w.sequencer(t, g.DB)
	w.queue = w.queueOn(t, g.DB)
	w.act(acts)
	return w
}

func (w *world) sequencer(t *testing.T, db *store.DB) *audit.Sequencer {
	t.Helper()
	verifier, err := note.NewVerifier(w.keys.AuditKey())
	w.Must(err)
	return audit.NewSequencer(db, w.keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler))
}

// queueOn opens the job queue of a database, which is never started.
func (w *world) queueOn(t *testing.T, db *store.DB) *job.Queue {
	t.Helper()
	pool, err := db.JobPool()
	w.Must(err)
	t.Cleanup(func() { pool.Close() })
	q, err := job.NewQueue(t.Context(), job.Options{Pool: pool, Postgres: db.Engine() == store.Postgres, Transactions: db, Log: slog.New(slog.DiscardHandler),
		Work: map[string]job.Work{"greet": func(context.Context, json.RawMessage) error { return nil }}})
	w.Must(err)
	return q
}

func (w *world) act(times int) {
	for range times {
		w.n++
		a := w.NewApp(fmt.Sprintf("app-%04d", w.n), w.who)
		w.Must(w.InTx(context.Background(), func(ctx context.Context) error {
			if err := w.queue.Add(ctx, "greet", a.ID); err != nil {
				return err
			}
			return w.Audit.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), AppID: a.ID, Target: a.Name, Code: "ok"})
		}))
	}
	_, err := w.seq.IntegrateNow(context.Background())
	w.Must(err)
}

func (w *world) url() string { return w.database.URL(postgres.Owner) }

func (w *world) options() Options {
	return Options{Data: w.Dir, URL: w.url(), Roles: store.Roles{Server: postgres.Server}, Clock: core.SystemClock{},
		Lock: func() (io.Closer, error) {
			if w.running {
				return nil, core.Errorf(core.Conflict, "a server runs")
			}
			return io.NopCloser(nil), nil
		},
		Note: func(ctx context.Context, to string) error {
			return w.InTx(ctx, func(ctx context.Context) error {
				return w.Audit.Append(ctx, core.Event{Action: "database.move", Actor: core.System("test"), Target: to, Code: "ok"})
			})
		}}
}

// tasks lists what waits in a queue, in order.
func (w *world) tasks(t *testing.T, db *store.DB) []job.Waiting {
	t.Helper()
	pool, err := db.JobPool()
	w.Must(err)
	defer pool.Close()
	tx, err := pool.BeginTx(t.Context(), nil)
	w.Must(err)
	defer tx.Rollback()
	out, err := job.TakeOut(t.Context(), tx, db.Engine() == store.Postgres)
	w.Must(err)
	return out
}

func openSuper(t *testing.T, d postgres.Database) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", d.URL(postgres.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
