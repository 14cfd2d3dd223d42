package appdata_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run/appdata"
)

// A person who may only read changes nothing, whatever they write.
func TestQueryOfAPerson(t *testing.T) {
	path := t.TempDir() + "/app.sqlite"
	open := func(readOnly bool) *appdata.Store {
		s, err := appdata.Open(appdata.Options{OpenDB: appdb.Open, Clock: core.SystemClock{}, QuotaMiB: 1, ReadOnly: readOnly}, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	writer, reader := open(false), open(true)
	for _, sql := range []string{"CREATE TABLE t (name TEXT, n INTEGER)", "INSERT INTO t VALUES ('ada', 1), ('bob', 2)"} {
		if _, err := writer.Query(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	got, err := reader.Query(t.Context(), "SELECT name FROM t ORDER BY n DESC")
	if err != nil || len(got.Rows) != 2 || got.Rows[0][0] != "bob" || got.Columns[0] != "name" {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, sql := range []string{"DELETE FROM t", "WITH x AS (SELECT 1) DELETE FROM t", "INSERT INTO t VALUES ('eve', 3)", "DROP TABLE t", "CREATE TABLE u (a)",
		"PRAGMA query_only = OFF", "UPDATE t SET n = 0 RETURNING n", "ATTACH 'x' AS x", "SELECT 1; DELETE FROM t", "SELEC 1"} {
		if _, err := reader.Query(t.Context(), sql); err == nil || core.CodeOf(err) == core.Internal {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if got, err := writer.Query(t.Context(), "SELECT count(*), sum(n) FROM t"); err != nil || got.Rows[0][0] != int64(2) || got.Rows[0][1] != int64(3) {
		t.Errorf("the reader has changed something: %+v, %v", got, err)
	}
	if _, err := reader.Query(t.Context(), "DELETE FROM t"); core.CodeOf(err) != core.Forbidden || !strings.Contains(core.AsError(err).Hint, "data-writer") {
		t.Errorf("a change: %v", err)
	}
}

func TestShapeHasNoValues(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT name FROM t WHERE email = 'ada@example.org' AND n > 42": "SELECT NAME FROM T WHERE EMAIL = ? AND N > ?",
		`UPDATE t SET a = "secret" -- ada`:                              "UPDATE T SET A = ?",
		"SELECT x'ABCD', 1e9, 0x1F, .5":                                 "SELECT X ? , ? , ? , . ?",
		"SELECT 'it''s'":                                                "SELECT ?",
		"SELECT 'open":                                                  "",
	} {
		if got := appdata.Shape(sql); got != want {
			t.Errorf("Shape(%s) = %q, want %q", sql, got, want)
		}
	}
}
