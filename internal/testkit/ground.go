// Package testkit is what tests of several rooms share: a clock that can be
// moved, and firm ground: the real store in a temporary folder with the real
// audit log on top.
package testkit

import (
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// EngineVariable says in the environment on which engine New works: "postgres",
// or SQLite for anything else.
const EngineVariable = "PADDOCK_TEST_ENGINE"

// Ground is a fresh installation without any process around it.
type Ground struct {
	*store.DB
	Audit    *audit.Log
	Clock    *Clock
	IDs      core.IDs
	Log      *slog.Logger      // writes nowhere
	Dir      string            // the data folder
	Where    store.Where       // of the database, for the server's role
	Database postgres.Database // if it is on PostgreSQL
	t        testing.TB
}

// New returns a Ground that is closed with the test. Its clock shows
// 2026-03-02 09:00 UTC, a Monday. It is on SQLite, or on PostgreSQL when the
// environment says so.
func New(t testing.TB) *Ground {
	t.Helper()
	if os.Getenv(EngineVariable) == store.Postgres {
		return On(t, store.Postgres)
	}
	return On(t, store.SQLite)
}

// Each runs a test once on each engine.
func Each(t *testing.T, test func(t *testing.T, g *Ground)) {
	t.Helper()
	for _, engine := range []string{store.SQLite, store.Postgres} {
		t.Run(engine, func(t *testing.T) { test(t, On(t, engine)) })
	}
}

// On is New on a certain engine. On PostgreSQL the database was prepared by its
// owner, and the Ground is connected as the role of the server.
func On(t testing.TB, engine string) *Ground {
	t.Helper()
	where := store.Where{Dir: t.TempDir()}
	var database postgres.Database
	if engine == store.Postgres {
		database = postgres.Shared(t).Copy(t, "paddock", prepare)
		where.URL = database.URL(postgres.Server)
	} else if err := Lay(where.Dir); err != nil {
		t.Fatalf("%v (cause: %v)", err, core.AsError(err).Err)
	}
	db, err := store.OpenAt(t.Context(), where)
	if err != nil {
		t.Fatalf("%v (cause: %v)", err, core.AsError(err).Err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	clock := NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	return &Ground{DB: db, Audit: audit.NewLog(db, clock, core.IDs{}, rand.Reader), Clock: clock, Dir: where.Dir, Where: where, Database: database, t: t,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// prepare makes the schema and gives the roles their rights.
func prepare(owner string) error {
	return store.Prepare(context.Background(), owner, store.Roles{Server: postgres.Server, Read: postgres.Read}, job.Migrate)
}

// SQL opens a pool of plain connections to the database, as the server's own.
// It is closed with the test.
func (g *Ground) SQL() *sql.DB {
	g.t.Helper()
	pool, err := g.JobPool()
	g.Must(err)
	g.t.Cleanup(func() { pool.Close() })
	return pool
}

// Ctx returns the test's context.
func (g *Ground) Ctx() context.Context { return g.t.Context() }

// Somebody adds a person who can sign in.
func (g *Ground) Somebody(email string, roles ...core.Role) core.Person {
	g.t.Helper()
	now := g.Clock.Now()
	p := core.Person{ID: g.IDs.New(now), Email: email, Name: email, Given: roles, Roles: roles, Created: core.Stamp(now)}
	g.Must(g.Quietly(context.Background(), func(ctx context.Context) error { return g.AddPerson(ctx, p) }))
	return p
}

// SetDisabled switches a person off or on.
func (g *Ground) SetDisabled(p core.Person, off bool) {
	g.t.Helper()
	p.Disabled = off
	g.Must(g.Quietly(context.Background(), func(ctx context.Context) error { return g.UpdatePerson(ctx, p) }))
}

// NewApp adds an app in the state active.
func (g *Ground) NewApp(name string, owner core.Person, coOwners ...string) core.App {
	g.t.Helper()
	now := g.Clock.Now()
	a := core.App{ID: g.IDs.New(now), Name: name, OwnerID: owner.ID, OwnerEmail: owner.Email, State: core.AppProvisioning, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: name, Template: "internal-dashboard@1", Owner: owner.Email, CoOwners: coOwners,
			Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}}
	g.Must(g.Quietly(context.Background(), func(ctx context.Context) error {
		if err := g.AddApp(ctx, a); err != nil {
			return err
		}
		return g.MoveApp(ctx, a, core.AppActive, 0, 0)
	}))
	return g.Reload(a)
}

// Reload returns the app as it is kept now.
func (g *Ground) Reload(a core.App) core.App {
	g.t.Helper()
	a, err := g.App(context.Background(), a.ID)
	g.Must(err)
	return a
}

// Events lists the actions in the audit log, oldest first, from the given
// number of events on.
func (g *Ground) Events(from int) []string {
	g.t.Helper()
	all, err := g.SearchEvents(context.Background(), store.EventFilter{Most: 10000})
	g.Must(err)
	var actions []string
	for i := len(all) - 1 - from; i >= 0; i-- {
		actions = append(actions, all[i].Action)
	}
	return actions
}

// Must ends the test if err is not nil.
func (g *Ground) Must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%v (cause: %v)", err, core.AsError(err).Err)
	}
}
