package store_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// withLog gives the ground a log of two events, one of them in the tree.
func withLog(t *testing.T, g *testkit.Ground) {
	for range 2 {
		g.Must(g.InTx(t.Context(), func(ctx context.Context) error {
			return g.Audit.Append(ctx, core.Event{Action: "test.act", Target: "ana@example.org", Code: "ok",
				Actor: core.Actor{Kind: core.ActorPerson, ID: "p1", Name: "ana@example.org", Door: "web"}})
		}))
	}
	pending, err := g.Pending(t.Context(), 1)
	g.Must(err)
	h := sha256.Sum256([]byte(pending[0].Leaf))
	g.Must(g.Integrate(t.Context(), batch(0, pending, h)))
}

func batch(first int64, events []core.AuditPending, h [32]byte) core.AuditBatch {
	return core.AuditBatch{First: first, Events: events, Leaves: [][32]byte{h}, Nodes: []core.AuditNode{{Level: 1, N: first, Hash: h}}, Checkpoint: "signed"}
}

// LIF-3: rows of the log are written once, whatever SQL is tried, with the
// store's own settings and with none.
func TestAuditRowsAreWrittenOnce(t *testing.T) {
	g := testkit.On(t, store.SQLite)
	withLog(t, g)
	own := g.SQL()
	bare, err := sql.Open("sqlite", filepath.Join(g.Dir, store.File))
	g.Must(err)
	defer bare.Close()
	const columns = "(id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening)"
	for _, attack := range []string{
		"UPDATE audit_event SET leaf = '{}'",
		"UPDATE audit_event SET action = 'x' WHERE rowid = 1",
		"UPDATE audit_event SET at = 1",
		"UPDATE audit_event SET id = 'x' WHERE rowid = 1",
		"UPDATE audit_event SET rowid = 99 WHERE rowid = 1",
		"UPDATE audit_event SET actor_id = 'p2'",
		"UPDATE audit_event SET code = 'denied'",
		"UPDATE audit_event SET app_id = 'x', gate = 'x', door = 'x', actor_kind = 'x'",
		"UPDATE audit_event SET actor_name = 'bob@example.org'",
		"UPDATE audit_event SET target = 'bob@example.org', opening = '{}'",
		"UPDATE audit_event SET opening = '{\"target\":{}}'",
		"UPDATE OR REPLACE audit_event SET rowid = 2 WHERE rowid = 1",
		"DELETE FROM audit_event",
		"DELETE FROM audit_event WHERE rowid = 2",
		"REPLACE INTO audit_event " + columns + " SELECT id, at, 'x', actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening FROM audit_event",
		"INSERT OR REPLACE INTO audit_event (rowid, " + columns[1:] + " SELECT rowid, 'new', at, 'x', actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening FROM audit_event",
		"INSERT OR REPLACE INTO audit_event (rowid, " + columns[1:] + " SELECT 77, id, at, 'x', actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening FROM audit_event LIMIT 1",
		"INSERT INTO audit_event " + columns + " SELECT * FROM audit_event WHERE true ON CONFLICT (id) DO UPDATE SET leaf = '{}'",
		"UPDATE OR REPLACE audit_event SET _rowid_ = 2 WHERE rowid = 1",
		"UPDATE audit_leaf SET hash = 'x'", "UPDATE audit_leaf SET rowid = 50", "UPDATE audit_node SET oid = 50", "UPDATE audit_leaf SET idx = 9", "DELETE FROM audit_leaf",
		"REPLACE INTO audit_leaf SELECT idx, event_id, 'x' FROM audit_leaf",
		"REPLACE INTO audit_leaf SELECT 5, event_id, 'x' FROM audit_leaf",
		"REPLACE INTO audit_leaf (rowid, idx, event_id, hash) SELECT rowid, 5, 'new', 'x' FROM audit_leaf",
		"REPLACE INTO audit_node (rowid, level, n, hash) SELECT rowid, 5, 5, 'x' FROM audit_node",
		"REPLACE INTO audit_checkpoint (rowid, size, note) SELECT rowid, 5, 'x' FROM audit_checkpoint",
		"UPDATE audit_node SET hash = 'x'", "DELETE FROM audit_node", "REPLACE INTO audit_node SELECT level, n, 'x' FROM audit_node",
		"UPDATE audit_checkpoint SET note = 'x'", "DELETE FROM audit_checkpoint", "REPLACE INTO audit_checkpoint SELECT size, 'x' FROM audit_checkpoint",
	} {
		before := dump(t, g)
		for name, db := range map[string]*sql.DB{"own": own, "bare": bare} {
			if _, err := db.ExecContext(t.Context(), attack); err == nil {
				t.Errorf("%s connection: %s went through", name, attack)
			}
		}
		if after := dump(t, g); after != before {
			t.Errorf("%s changed the log:\n%s\n%s", attack, before, after)
		}
	}
}

// dump returns the whole log as text.
func dump(t *testing.T, g *testkit.Ground) string {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(g.Dir, store.File))
	g.Must(err)
	defer db.Close()
	var out string
	g.Must(db.QueryRowContext(t.Context(), `SELECT
(SELECT group_concat(rowid || id || at || action || actor_kind || actor_id || actor_name || door || app_id || gate || target || code || leaf || opening) FROM audit_event) ||
(SELECT group_concat(idx || event_id || hash) FROM audit_leaf) || (SELECT group_concat(level || n || hash) FROM audit_node) || (SELECT group_concat(size || note) FROM audit_checkpoint)`).Scan(&out))
	return out
}

// Erasing what names a person is the one change that is let through.
func TestPersonalDataCanBeErased(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		withLog(t, g)
		db := owner(t, g)
		all, err := g.SearchEvents(t.Context(), store.EventFilter{Most: 10})
		g.Must(err)
		_, err = db.ExecContext(t.Context(), "UPDATE audit_event SET actor_name = '', target = '', opening = '{}' WHERE id = $1", string(all[1].ID))
		g.Must(err)
		all, err = g.SearchEvents(t.Context(), store.EventFilter{Most: 10})
		g.Must(err)
		if all[1].Actor.Name != "" || all[1].Target != "" || all[0].Actor.Name != "ana@example.org" {
			t.Errorf("events %+v", all)
		}
	})
}

// An opening can lose single entries, and nothing else can happen to it.
func TestOpeningCanLoseEntries(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		withLog(t, g)
		db := owner(t, g)
		var id, opening string
		g.Must(db.QueryRowContext(t.Context(), "SELECT id, opening FROM audit_event ORDER BY id LIMIT 1").Scan(&id, &opening))
		at := strings.Index(opening, `,"target":`) // entries are sorted: actor.name, target
		if at < 0 {
			t.Fatal(opening)
		}
		name, target := opening[1:at], opening[at+1:len(opening)-1]
		for _, bad := range []string{
			"", "[]", `{"target":{}}`, "{" + name + ",}", "{" + target + "," + name + "}", "{" + name + "," + target + " }", `{"other":` + name[len(`"actor.name":`):] + "}",
			strings.Replace("{"+name+"}", "ana@", "bob@", 1), strings.Replace("{"+name+"}", "ana@example.org", "", 1), opening + " ",
		} {
			if _, err := db.ExecContext(t.Context(), "UPDATE audit_event SET opening = $1 WHERE id = $2", bad, id); err == nil {
				t.Errorf("%q went through", bad)
			}
		}
		for _, good := range []string{"{" + target + "}", "{" + target + "}", "{}"} {
			if _, err := db.ExecContext(t.Context(), "UPDATE audit_event SET opening = $1 WHERE id = $2", good, id); err != nil {
				t.Errorf("%q: %v", good, err)
			}
		}
		if _, err := db.ExecContext(t.Context(), "UPDATE audit_event SET opening = $1 WHERE id = $2", opening, id); err == nil {
			t.Error("what was erased came back")
		}
	})
}

// owner opens the database as the one who owns its tables.
func owner(t *testing.T, g *testkit.Ground) *sql.DB {
	t.Helper()
	if g.Engine() == store.SQLite {
		return g.SQL()
	}
	db, err := sql.Open("pgx", g.Database.URL(postgres.Owner))
	g.Must(err)
	t.Cleanup(func() { db.Close() })
	return db
}

// The tree grows by compare and swap, and never holds an event twice.
func TestIntegrate(t *testing.T) { testkit.Each(t, testIntegrate) }

func testIntegrate(t *testing.T, g *testkit.Ground) {
	withLog(t, g)
	if n, err := g.Size(t.Context()); n != 1 || err != nil {
		t.Fatalf("size %d, %v", n, err)
	}
	pending, err := g.Pending(t.Context(), 10)
	if err != nil || len(pending) != 1 {
		t.Fatalf("pending %v, %v", pending, err)
	}
	h := sha256.Sum256([]byte(pending[0].Leaf))
	if err := g.Integrate(t.Context(), batch(0, pending, h)); core.CodeOf(err) != core.Conflict {
		t.Errorf("an old size: %v", err)
	}
	g.Must(g.Integrate(t.Context(), batch(1, pending, h)))
	if err := g.Integrate(t.Context(), batch(2, pending, h)); core.CodeOf(err) != core.Conflict {
		t.Errorf("the same event twice: %v", err)
	}
	if n, _ := g.Size(t.Context()); n != 2 {
		t.Errorf("size %d", n)
	}
	got, err := g.Leaves(t.Context(), 1, 1)
	if err != nil || got[0] != pending[0].Leaf {
		t.Errorf("leaves %v, %v", got, err)
	}
	if _, err := g.Leaves(t.Context(), 1, 5); err == nil {
		t.Error("leaves past the end")
	}
	for level := range 2 {
		hashes, err := g.Nodes(t.Context(), level, 0, 2)
		if err != nil || hashes[1] != h || hashes[0] == h {
			t.Errorf("hashes of level %d: %v, %v", level, hashes, err)
		}
		if _, err := g.Nodes(t.Context(), level, 1, 2); err == nil {
			t.Errorf("hashes past the end of level %d", level)
		}
	}
	if i, err := g.IndexOf(t.Context(), pending[0].ID); i != 1 || err != nil {
		t.Errorf("index %d, %v", i, err)
	}
	if _, err := g.IndexOf(t.Context(), "nothing"); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such event: %v", err)
	}
}
