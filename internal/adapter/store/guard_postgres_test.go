package store_test

import (
	"database/sql"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// rewrites are ways to change the log. row is the list of an event's columns.
func rewrites() []string {
	const row = "(id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening)"
	return []string{
		"UPDATE audit_event SET leaf = '{}'",
		"UPDATE audit_event SET action = 'x', at = 1, id = 'x'",
		"UPDATE audit_event SET actor_name = 'bob@example.org'",
		"UPDATE audit_event SET opening = '{\"target\":{}}'",
		"DELETE FROM audit_event",
		"TRUNCATE audit_event",
		"TRUNCATE audit_event, audit_leaf, audit_node, audit_checkpoint, audit_pending",
		"INSERT INTO audit_event " + row + " SELECT * FROM audit_event ON CONFLICT (id) DO UPDATE SET leaf = '{}'",
		"MERGE INTO audit_event e USING audit_leaf l ON e.id = l.event_id WHEN MATCHED THEN DELETE",
		"WITH gone AS (DELETE FROM audit_event RETURNING 1) SELECT count(*) FROM gone",
		"UPDATE audit_leaf SET hash = 'x'", "DELETE FROM audit_leaf", "TRUNCATE audit_leaf",
		"INSERT INTO audit_leaf SELECT * FROM audit_leaf ON CONFLICT (idx) DO UPDATE SET hash = 'x'",
		"UPDATE audit_node SET hash = 'x'", "DELETE FROM audit_node", "TRUNCATE audit_node",
		"UPDATE audit_checkpoint SET note = 'x'", "DELETE FROM audit_checkpoint", "TRUNCATE audit_checkpoint",
		"TRUNCATE audit_pending",
	}
}

// The server's role has no right to change the log, nor to take away what
// guards it.
func TestServerRoleOnlyAddsToTheLog(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	withLog(t, g)
	db := g.SQL()
	// PostgreSQL only warns that this gives nothing.
	_, _ = db.ExecContext(t.Context(), "GRANT UPDATE, DELETE, TRUNCATE ON audit_event TO CURRENT_USER")
	tries(t, g, db, append(rewrites(),
		"UPDATE audit_event SET actor_name = '', target = '', opening = '{}'",
		"UPDATE audit_pending SET event_id = 'x'",
		"DROP TRIGGER audit_event_no_update ON audit_event",
		"ALTER TABLE audit_event DISABLE TRIGGER ALL",
		"ALTER TABLE audit_event DROP COLUMN leaf",
		"ALTER TABLE audit_event OWNER TO CURRENT_USER",
		"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
		"CREATE TABLE mine (id TEXT)",
		"CREATE RULE mine AS ON INSERT TO audit_event DO INSTEAD NOTHING",
		"DROP TABLE audit_event", "DROP TABLE audit_leaf CASCADE",
		"SET ROLE "+postgres.Owner,
		"SET session_replication_role = replica",
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)",
	))
}

// The owner is stopped by triggers, as by an open door with a bell: it can take
// them away, but not by mistake.
func TestOwnerIsStopped(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	withLog(t, g)
	tries(t, g, owner(t, g), rewrites())
}

// tries runs each statement and holds that it is refused and changes nothing.
func tries(t *testing.T, g *testkit.Ground, db *sql.DB, attacks []string) {
	t.Helper()
	dump := func() (text string) {
		g.Must(owner(t, g).QueryRowContext(t.Context(), `SELECT (SELECT string_agg(e::text, '|' ORDER BY id) FROM audit_event e) ||
(SELECT string_agg(l::text, '|') FROM audit_leaf l) || (SELECT string_agg(h::text, '|') FROM audit_node h) ||
(SELECT string_agg(c::text, '|') FROM audit_checkpoint c) || (SELECT string_agg(p::text, '|') FROM audit_pending p)`).Scan(&text))
		return text
	}
	before := dump()
	for _, attack := range attacks {
		if _, err := db.ExecContext(t.Context(), attack); err == nil {
			t.Errorf("%s went through", attack)
		}
	}
	if after := dump(); after != before {
		t.Errorf("the log was changed:\n%s\n%s", before, after)
	}
}

// The role for reports reads records, but neither secrets nor who said what.
func TestReadRole(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	db, err := sql.Open("pgx", g.Database.URL(postgres.Read))
	g.Must(err)
	defer db.Close()
	for _, table := range []string{"app", "decision", "approval", "usage", "audit_leaf", "audit_checkpoint"} {
		if _, err := db.ExecContext(t.Context(), "SELECT * FROM "+table); err != nil {
			t.Errorf("%s: %v", table, err)
		}
		if _, err := db.ExecContext(t.Context(), "DELETE FROM "+table); err == nil {
			t.Errorf("%s: may be deleted", table)
		}
	}
	for _, table := range []string{"secret", "credential", "audit_event", "river_job"} {
		if _, err := db.ExecContext(t.Context(), "SELECT * FROM "+table); err == nil {
			t.Errorf("%s: may be read", table)
		}
	}
}
