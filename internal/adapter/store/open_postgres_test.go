package store_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// What cannot be opened says why, without the password.
func TestPostgresRefuses(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	good := g.Where.URL
	empty := postgres.Shared(t).Empty(t)
	for name, url := range map[string]string{
		"wrong password":  strings.Replace(good, ":"+postgres.Password+"@", ":hunter2@", 1),
		"no such host":    "postgres://paddock:hunter2@127.0.0.1:1/paddock?connect_timeout=2",
		"no database":     strings.Replace(good, g.Database.Name, "nothing_here", 1),
		"not prepared":    empty.URL(postgres.Server),
		"no rights":       g.Database.URL(postgres.Read),
		"not an address":  "postgres://paddock:hunter2@[/",
		"another program": "mysql://paddock:hunter2@db.example/paddock",
	} {
		db, err := store.OpenAt(t.Context(), store.Where{URL: url})
		if err == nil {
			if name != "no rights" { // the role for reports may look, and nothing more
				t.Errorf("%s: opened", name)
			}
			db.Close()
			continue
		}
		if c := core.CodeOf(err); (c != core.Unavailable && c != core.Invalid) || core.AsError(err).Hint == "" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Owners that prepare at once migrate once, and preparing again changes nothing.
func TestPrepareTogether(t *testing.T) {
	empty := postgres.Shared(t).Empty(t)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := store.Prepare(context.Background(), empty.URL(postgres.Owner), store.Roles{Server: postgres.Server}, job.Migrate); err != nil {
				t.Errorf("%v (%v)", err, core.AsError(err).Err)
			}
		})
	}
	wg.Wait()
	db, err := store.OpenAt(t.Context(), store.Where{URL: empty.URL(postgres.Server)})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := store.Prepare(t.Context(), empty.URL(postgres.Owner), store.Roles{Server: "nobody_here"}, job.Migrate); core.CodeOf(err) != core.Invalid {
		t.Errorf("a role that is not there: %v", err)
	}
	if err := store.Prepare(t.Context(), empty.URL(postgres.Server), store.Roles{}, job.Migrate); core.CodeOf(err) != core.Forbidden {
		t.Errorf("prepared by the server's role: %v", err)
	}
}

// A newer schema is good if it says that it carries this program; else it is
// refused, and the message names both versions.
func TestSchemaOfANewerProgram(t *testing.T) { testkit.Each(t, testSchemaOfANewerProgram) }

func testSchemaOfANewerProgram(t *testing.T, g *testkit.Ground) {
	db := owner(t, g)
	_, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)")
	g.Must(err)
	again := func() error {
		db, err := store.OpenAt(t.Context(), g.Where)
		if err == nil {
			db.Close()
		}
		return err
	}
	if err := again(); core.CodeOf(err) != core.Unavailable || !strings.Contains(err.Error(), "99999") || !strings.Contains(err.Error(), "up to ") {
		t.Errorf("a schema that does not carry this program: %v", err)
	}
	for _, s := range []string{"ALTER TABLE app ADD COLUMN later TEXT NOT NULL DEFAULT ''", "INSERT INTO schema_support (version, oldest) VALUES (99999, 1)"} {
		_, err = db.ExecContext(t.Context(), s)
		g.Must(err)
	}
	if err := again(); err != nil {
		t.Errorf("a schema that carries this program: %v (%v)", err, core.AsError(err).Err)
	}
}

// A connection that is cut in the middle of an act leaves nothing of it, and the
// store goes on by itself.
func TestCutConnection(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	err := g.InTx(t.Context(), func(ctx context.Context) error {
		g.Must(g.AddPerson(ctx, person(g, "a@example.org")))
		g.Must(postgres.Shared(t).Cut(g.Database))
		return event(g, ctx)
	})
	if core.CodeOf(err) != core.Unavailable {
		t.Errorf("after the cut: %v (%v)", err, core.AsError(err).Err)
	}
	if p, e := count(g); p != 0 || e != 0 {
		t.Errorf("%d people, %d events are kept", p, e)
	}
	g.Must(g.InTx(t.Context(), func(ctx context.Context) error {
		if err := g.AddPerson(ctx, person(g, "a@example.org")); err != nil {
			return err
		}
		return event(g, ctx)
	}))
}
