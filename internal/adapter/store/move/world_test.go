package move_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// world is a SQLite installation with records in many tables.
type world struct {
	*testkit.Ground
	seq *audit.Sequencer
	who core.Person
	n   int
}

func newWorld(t *testing.T, acts int) *world {
	return newWorldOn(t, store.SQLite, acts)
}

func newWorldOn(t *testing.T, engine string, acts int) *world {
	g := testkit.On(t, engine)
	keys, err := seal.Open(filepath.Join(g.Dir, "keys"), rand.Reader)
	g.Must(err)
	verifier, err := note.NewVerifier(keys.AuditKey())
	g.Must(err)
	w := &world{Ground: g, seq: audit.NewSequencer(g.DB, keys.NoteSigner(), verifier, nil, slog.New(slog.DiscardHandler)), who: g.Somebody("ada@example.org", core.RoleMaker)}
	w.act(acts)
	return w
}

// act makes apps, each with its event, and integrates the log.
func (w *world) act(times int) {
	for range times {
		w.n++
		a := w.NewApp(fmt.Sprintf("app-%04d", w.n), w.who)
		w.Must(w.InTx(context.Background(), func(ctx context.Context) error {
			if _, err := w.AddNotice(ctx, core.Notice{ID: w.IDs.New(w.Clock.Now()), Person: w.who.ID, AppID: a.ID, Key: string(a.ID), Title: "it's <done> \U0001F600 \\ \t"}); err != nil {
				return err
			}
			return w.Audit.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), AppID: a.ID, Target: a.Name, Code: "ok"})
		}))
	}
	_, err := w.seq.IntegrateNow(context.Background())
	w.Must(err)
}

// moment reads the installation as it is now.
func (w *world) moment(t *testing.T) *move.Reader {
	t.Helper()
	engine, db := move.Engine(w.Engine()), w.SQL()
	if engine == move.SQLite {
		db = openSQLite(t, w.Dir)
	}
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true, Isolation: map[move.Engine]sql.IsolationLevel{move.Postgres: sql.LevelRepeatableRead}[engine]})
	w.Must(err)
	t.Cleanup(func() { _ = tx.Rollback() })
	r, err := move.NewReader(t.Context(), tx, engine)
	w.Must(err)
	return r
}

func openSQLite(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.File)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// place is an empty database with the schema.
type place struct {
	name   string
	engine move.Engine
	db     *sql.DB
}

// freshSQLite makes an empty SQLite installation.
func freshSQLite(t *testing.T) place {
	t.Helper()
	dir := testkit.Folder(t)
	db, err := store.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return place{"sqlite", move.SQLite, openSQLite(t, dir)}
}

// freshPostgres makes an empty database on PostgreSQL, and signs in as the owner
// of its tables.
func freshPostgres(t *testing.T) place {
	t.Helper()
	db, err := sql.Open("pgx", testkit.On(t, store.Postgres).Database.URL(postgres.Owner))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return place{"postgres", move.Postgres, db}
}

func (p place) target(t *testing.T) *move.Target {
	t.Helper()
	to, err := move.NewTarget(t.Context(), p.db, p.engine)
	if err != nil {
		t.Fatal(err)
	}
	to.SetBatch(7)
	return to
}

// begin prepares the place for the rows of the test's source.
func (p place) begin(t *testing.T, from *move.Reader) *move.Target {
	t.Helper()
	to := p.target(t)
	if done, err := to.Begin(t.Context(), from, "test"); done || err != nil {
		t.Fatalf("begin: %v, %v (%v)", done, err, core.AsError(err))
	}
	return to
}

func (p place) finish(t *testing.T, to *move.Target, keep bool) {
	t.Helper()
	tx, err := p.db.BeginTx(t.Context(), nil)
	if err == nil {
		err = to.Finish(t.Context(), tx, keep)
	}
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		t.Fatalf("finish: %v (%v)", err, core.AsError(err).Err)
	}
}
