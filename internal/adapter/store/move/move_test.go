package move_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/adapter/store/move"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// places are what every test copies into.
func places(t *testing.T, fn func(t *testing.T, p place)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, freshSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, freshPostgres(t)) })
}

// Promise 4: all rows come over, are the same on both sides, and the audit log
// has the root that was signed.
func TestAllRowsComeOver(t *testing.T) {
	w := newWorld(t, 30)
	places(t, func(t *testing.T, p place) {
		from := w.moment(t)
		to := p.begin(t, from)
		var last move.Step
		if err := move.Copy(t.Context(), from, to, func(s move.Step) { last = s }); err != nil {
			t.Fatal(err)
		}
		all, err := from.Count(t.Context())
		if err != nil || last.Rows != all {
			t.Errorf("told of %d rows, there are %d, %v", last.Rows, all, err)
		}
		sums := settle(t, from, to)
		if got := rowsOf(sums, "app"); got != 30 {
			t.Errorf("%d apps came over", got)
		}
		a, err := from.Root(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b, err := to.Reader().Root(t.Context())
		if err != nil || a != b || a.Size != 30 {
			t.Errorf("the log is %v on one side and %v on the other, %v", a, b, err)
		}
		p.finish(t, to, false)
		guarded(t, p)
	})
}

func settle(t *testing.T, from *move.Reader, to *move.Target) []move.Sum {
	t.Helper()
	sums, err := move.Settle(t.Context(), from, to, nil)
	if err != nil {
		t.Fatalf("%v (%v)", err, core.AsError(err).Err)
	}
	return sums
}

func rowsOf(sums []move.Sum, table string) int64 {
	i := slices.IndexFunc(sums, func(s move.Sum) bool { return s.Table == table })
	return sums[i].Rows
}

func mended(sums []move.Sum) (n int64) {
	for _, s := range sums {
		n += s.Mended
	}
	return n
}

// guarded holds that foreign keys and triggers are back in force.
func guarded(t *testing.T, p place) {
	t.Helper()
	conn, err := p.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if p.engine == move.SQLite {
		if _, err := conn.ExecContext(t.Context(), "PRAGMA foreign_keys = 1"); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []string{"DELETE FROM audit_event", "UPDATE audit_leaf SET hash = 'x'", "DELETE FROM person"} {
		if _, err := conn.ExecContext(t.Context(), s); err == nil {
			t.Errorf("%s: nothing stands in the way", s)
		}
	}
}

// A living installation: what changes, comes and goes while the copy runs is
// there in the end.
func TestLateChangesComeOver(t *testing.T) {
	w := newWorld(t, 12)
	places(t, func(t *testing.T, p place) {
		from := w.moment(t)
		to := p.begin(t, from)
		if err := move.Copy(t.Context(), from, to, nil); err != nil {
			t.Fatal(err)
		}
		w.act(5)
		w.SetDisabled(w.who, true)
		w.SetDisabled(w.Somebody(p.name+"@example.org"), true)
		later := w.moment(t)
		if _, err := p.db.ExecContext(t.Context(), "UPDATE notice SET title = 'changed' WHERE key IN (SELECT key FROM notice LIMIT 3)"); err != nil {
			t.Fatal(err)
		}
		if _, err := p.db.ExecContext(t.Context(), "INSERT INTO setting (name, value) VALUES ('stray', 'x')"); err != nil {
			t.Fatal(err)
		}
		sums := settle(t, later, to)
		if n := mended(sums); n < 5+3+2 {
			t.Errorf("%d rows were mended", n)
		}
		if again := settle(t, later, to); mended(again) != 0 {
			t.Errorf("%d rows were mended again", mended(again))
		}
		p.finish(t, to, true)
		guarded(t, p)
		if done, err := p.target(t).Begin(t.Context(), later, "test"); !done || err != nil {
			t.Errorf("a finished copy is not known again: %v, %v", done, err)
		}
	})
}

// A target that is not ours is not touched.
func TestForeignTargetIsRefused(t *testing.T) {
	w := newWorld(t, 2)
	places(t, func(t *testing.T, p place) {
		from := w.moment(t)
		if _, err := p.db.ExecContext(t.Context(), "INSERT INTO setting (name, value) VALUES ('theirs', 'x')"); err != nil {
			t.Fatal(err)
		}
		_, err := p.target(t).Begin(t.Context(), from, "test")
		wantRefusal(t, err, core.Conflict, "not empty")
		if _, err := p.db.ExecContext(t.Context(), "DELETE FROM setting"); err != nil {
			t.Fatal(err)
		}
		p.begin(t, from)
		_, err = p.target(t).Begin(t.Context(), from, "another")
		wantRefusal(t, err, core.Conflict, "another database")
	})
}

func wantRefusal(t *testing.T, err error, code core.Code, part string) {
	t.Helper()
	if e := core.AsError(err); e == nil || e.Code != code || e.Hint == "" || !strings.Contains(e.Msg, part) {
		t.Errorf("%v, want %s with %q", err, code, part)
	}
}

// A schema that this side does not have is refused, by name.
func TestOtherSchemaIsRefused(t *testing.T) {
	w := newWorld(t, 1)
	places(t, func(t *testing.T, p place) {
		if _, err := p.db.ExecContext(t.Context(), "ALTER TABLE person ADD COLUMN shoe TEXT"); err != nil {
			t.Fatal(err)
		}
		_, err := p.target(t).Begin(t.Context(), w.moment(t), "test")
		wantRefusal(t, err, core.Conflict, "person")
	})
}

// A log that does not lead to its checkpoint is found on either side.
func TestBrokenLogIsFound(t *testing.T) {
	w := newWorld(t, 9)
	for i, s := range []string{
		"UPDATE audit_event SET leaf = replace(leaf, 'app-0003', 'app-0004')",
		"DELETE FROM audit_leaf WHERE idx = 4",
		"UPDATE audit_checkpoint SET note = replace(note, char(10) || '9' || char(10), char(10) || '8' || char(10))",
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			p := freshSQLite(t)
			from := w.moment(t)
			to := p.begin(t, from)
			if err := move.Copy(t.Context(), from, to, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := p.db.ExecContext(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			if l, err := to.Reader().Root(t.Context()); core.CodeOf(err) != core.Conflict {
				t.Errorf("the log counts as whole: %v, %v", l, err)
			}
		})
	}
}

// Every table of the schema is copied, but those that are named with a reason.
func TestNoTableIsForgotten(t *testing.T) {
	w := newWorld(t, 1)
	rows, err := openSQLite(t, w.Dir).Query(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
	w.Must(err)
	defer rows.Close()
	copied := w.moment(t).Tables()
	if other := freshPostgres(t).target(t).Reader().Tables(); !slices.Equal(copied, other) {
		t.Errorf("SQLite copies %v\nPostgreSQL %v", copied, other)
	}
	for rows.Next() {
		var name string
		w.Must(rows.Scan(&name))
		left := slices.Contains([]string{"goose_db_version", "schema_support", "replica"}, name) || strings.HasPrefix(name, "river_") || strings.HasPrefix(name, "sqlite_")
		if left == slices.Contains(copied, name) {
			t.Errorf("table %s: copied %v", name, !left)
		}
	}
	if len(copied) < 25 {
		t.Errorf("only %d tables are copied", len(copied))
	}
}

// A backup of PostgreSQL is a SQLite file with the same rows and the same log.
func TestFromPostgresToSQLite(t *testing.T) {
	w := newWorldOn(t, store.Postgres, 20)
	p, from := freshSQLite(t), w.moment(t)
	w.act(1) // after the moment
	to := p.begin(t, from)
	if err := move.Copy(t.Context(), from, to, nil); err != nil {
		t.Fatal(err)
	}
	sums := settle(t, from, to)
	if rowsOf(sums, "app") != 20 || mended(sums) != 0 {
		t.Errorf("%d apps, %d mended", rowsOf(sums, "app"), mended(sums))
	}
	a, err := from.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if b, err := to.Reader().Root(t.Context()); err != nil || a != b || a.Size != 20 {
		t.Errorf("%+v, %+v, %v", a, b, err)
	}
	p.finish(t, to, false)
	guarded(t, p)
}

// The server's own role may not move anything, and says who may.
func TestServerRoleMayNotMove(t *testing.T) {
	w, other := newWorld(t, 1), testkit.On(t, store.Postgres)
	to, err := move.NewTarget(t.Context(), other.SQL(), move.Postgres)
	if err != nil {
		t.Fatal(err)
	}
	_, err = to.Begin(t.Context(), w.moment(t), "test")
	wantRefusal(t, err, core.Forbidden, "does not own")
}

// What PostgreSQL cannot keep is named, and nothing is lost.
func TestTextThatPostgresRefuses(t *testing.T) {
	w := newWorld(t, 1)
	w.Must(w.Quietly(t.Context(), func(ctx context.Context) error { return w.PutSetting(ctx, "odd", "a\x00b") }))
	p, from := freshPostgres(t), w.moment(t)
	err := move.Copy(t.Context(), from, p.begin(t, from), nil)
	wantRefusal(t, err, core.Invalid, "setting")
}
