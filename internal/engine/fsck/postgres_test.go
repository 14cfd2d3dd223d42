package fsck_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// TestPostgres: the same records in a database, with the files in a folder; and
// the same broken promises, in a transaction of their own that is taken back.
func TestPostgres(t *testing.T) {
	g := testkit.On(t, store.Postgres)
	fill(t, g.DB, g.Dir)
	super, err := sql.Open("pgx", g.Database.URL(postgres.Superuser))
	ok(t, err)
	defer super.Close()
	super.SetMaxOpenConns(1)
	run := func(statements string) {
		t.Helper()
		for s := range strings.SplitSeq(statements, ";") {
			if _, err := super.Exec(s); err != nil {
				t.Fatalf("%.200s: %v", s, err)
			}
		}
	}
	run("SET session_replication_role = replica") // rows may point to nothing
	run(rows())
	look := func() fsck.Result {
		t.Helper()
		r, err := fsck.Look(t.Context(), fsck.Options{Dir: g.Dir, URL: g.Database.URL(postgres.Server), Rules: nowhere{}})
		ok(t, err)
		return r
	}
	if r := look(); r.Audit.Events != 6 || len(r.Problems) != 1 || !found(r, "replay-rules", "revision rev") {
		t.Fatalf("%+v", r.Problems)
	}
	tables := strings.Fields("person app approval_request approval decision change artifact deployment secret lease saga app_tally owner_tally app_term app_co_owner component bill holding usage usage_day vex_document outside_report own_report")
	seen := map[string]bool{}
	for name, c := range broken {
		if seen[c.check] {
			continue // one of each check: the rules are the same
		}
		seen[c.check] = true
		t.Run(name, func(t *testing.T) {
			run(strings.TrimPrefix(c.sql, off))
			if r := look(); r.OK || !found(r, c.check, c.where) {
				t.Errorf("%+v", r.Problems)
			}
			run("TRUNCATE " + strings.Join(tables, ", ") + " CASCADE")
			run(rows())
		})
	}
	if _, err := fsck.Look(t.Context(), fsck.Options{Dir: g.Dir, URL: "postgres://x:y@["}); core.CodeOf(err) != core.Invalid {
		t.Error(err)
	}
}
