package appdata_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run/appdata"
)

func open(t *testing.T, dir string, quotaMiB int) *appdata.Store {
	t.Helper()
	s, err := appdata.Open(appdata.Options{OpenDB: appdb.Open, Clock: core.SystemClock{}, QuotaMiB: quotaMiB}, filepath.Join(dir, "a ?&%#b", "app.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// send posts a body as workerd does and returns the answer.
func send(s http.Handler, path, body string) string {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", "http://d1"+path, strings.NewReader(body)))
	b, _ := io.ReadAll(w.Body)
	return strings.TrimSpace(string(b))
}

const withRows = "/query?resultsFormat=ROWS_AND_COLUMNS"

func sqlOf(text string, params ...any) string {
	b, _ := json.Marshal(map[string]any{"sql": text, "params": params})
	return string(b)
}

// rowsOf returns the rows of the last result, or the error.
func rowsOf(answer string) string {
	var ok []struct {
		Results struct{ Rows json.RawMessage }
	}
	if json.Unmarshal([]byte(answer), &ok) == nil && len(ok) > 0 {
		return string(ok[len(ok)-1].Results.Rows)
	}
	var bad struct{ Error string }
	_ = json.Unmarshal([]byte(answer), &bad)
	return "error: " + bad.Error
}

func TestStatements(t *testing.T) {
	s := open(t, t.TempDir(), 8)
	for _, c := range []struct{ name, body, want string }{
		{"create", sqlOf("CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT UNIQUE, at DATETIME, on_day DATE, raw BLOB, x REAL)"), `[]`},
		{"insert", sqlOf("INSERT INTO t VALUES(?1, ?2, '2026-11-23 15:00:00', '2026-11-23', ?3, 1.5)", 1, "Ada", []int{0, 255}), `[]`},
		{"types come back as stored", sqlOf("SELECT * FROM t"), `[[1,"Ada","2026-11-23 15:00:00","2026-11-23",[0,255],1.5]]`},
		{"other date spellings too", sqlOf("UPDATE t SET at = '2026-11-23T15:00:00.120Z' WHERE id = ?", 1), `[]`},
		{"order holds", sqlOf("SELECT at, id FROM t UNION ALL SELECT at, 0 FROM t ORDER BY 2 DESC;"), `[["2026-11-23T15:00:00.120Z",1],["2026-11-23T15:00:00.120Z",0]]`},
		{"returning", sqlOf("INSERT INTO t(name) VALUES('Bo') RETURNING id, name"), `[[2,"Bo"]]`},
		{"null and bool", sqlOf("SELECT ?, ?", nil, true), `[[null,1]]`},
		{"with", sqlOf("WITH w AS (SELECT 1 AS a) SELECT a FROM w"), `[[1]]`},
		{"duplicate column names", sqlOf("SELECT 1 AS a, 2 AS a"), `[[1,2]]`},
		{"unique", sqlOf("INSERT INTO t(name) VALUES('Bo')"), "error: UNIQUE constraint failed: t.name"},
		{"no table", sqlOf("SELECT * FROM nope"), "error: no such table: nope"},
		{"too few parameters", sqlOf("SELECT ?1, ?2", 1), `error: missing named argument "2"`},
		{"trigger", sqlOf("CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET x = CASE WHEN 1 THEN 9 END WHERE id = new.id; SELECT 1; END;"), `[]`},
		{"full text", sqlOf("CREATE VIRTUAL TABLE f USING fts5(body)"), `[]`},
		{"columns", sqlOf("PRAGMA table_info(f)"), `[[0,"body","",0,null,0]]`},
	} {
		if got := rowsOf(send(s, withRows, c.body)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// A batch happens whole or not at all.
func TestBatch(t *testing.T) {
	s := open(t, t.TempDir(), 8)
	send(s, "/execute", sqlOf("CREATE TABLE t(a UNIQUE)"))
	good := "[" + sqlOf("INSERT INTO t VALUES(?)", 1) + "," + sqlOf("INSERT INTO t VALUES(?)", 2) + "]"
	if got := send(s, withRows, good); strings.Count(got, `"success":true`) != 2 || !strings.Contains(got, `"last_row_id":2`) {
		t.Errorf("good batch: %s", got)
	}
	bad := "[" + sqlOf("INSERT INTO t VALUES(?)", 3) + "," + sqlOf("INSERT INTO t VALUES(?)", 1) + "]"
	if got := rowsOf(send(s, withRows, bad)); !strings.Contains(got, "UNIQUE") {
		t.Errorf("bad batch: %s", got)
	}
	if got := rowsOf(send(s, withRows, sqlOf("SELECT count(*) FROM t"))); got != "[[2]]" {
		t.Errorf("after a failed batch there are %s rows", got)
	}
	if got := send(s, "/execute?resultsFormat=NONE", sqlOf("DELETE FROM t WHERE a = 1")); !strings.Contains(got, `"changes":1`) || strings.Contains(got, "results") {
		t.Errorf("execute: %s", got)
	}
}

// SEC-5: whatever it is wrapped in, SQL does not reach beyond the app's file.
func TestEscapes(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 8)
	other := filepath.Join(dir, "other.sqlite")
	for _, text := range []string{
		"ATTACH '%s' AS x", "attach database '%s' as x", "/**/ATTACH '%s' AS x", "-- a\nATTACH '%s' AS x", "\ufeffATTACH '%s' AS x",
		"SELECT 1; ATTACH '%s' AS x", "SELECT ';'; ATTACH '%s' AS x", `SELECT "a""; b"; ATTACH '%s' AS x`, "SELECT 1 /* ' */; ATTACH '%s' AS x",
		"SELECT 1 -- '\n; ATTACH '%s' AS x", "SELECT [a;']; ATTACH '%s' AS x", "SELECT `;'`; ATTACH '%s' AS x", "EXPLAIN ATTACH '%s' AS x",
		"EXPLAIN QUERY PLAN ATTACH '%s' AS x", "VACUUM INTO '%s'", "VACUUM", ";;ATTACH '%s' AS x", "SELECT x'00'; ATTACH '%s' AS x",
		"CREATE TRIGGER t AFTER INSERT ON t BEGIN SELECT 1; END; ATTACH '%s' AS x", "CREATE TRIGGER t BEGIN SELECT 1; ATTACH '%s' AS x; END",
		"CREATE TEMP TRIGGER t BEGIN SELECT 1; END x; ATTACH '%s' AS x", "CREATE TABLE trigger_(a); ATTACH '%s' AS x",
		"DETACH main", "PRAGMA journal_mode = DELETE", "PRAGMA main.journal_mode(delete)", `PRAGMA "journal_mode" = off`, "PRAGMA writable_schema = 1",
		"PRAGMA max_page_count = 99999999", "PRAGMA temp_store_directory = '/tmp'", "pragma table_info(t); pragma max_page_count=1", "PRAGMA",
		"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "END", "SELECT load_extension('%s')", "SELECT readfile('%s')", "SELECT writefile('%s', 'x')",
		"SELECT * FROM pragma_database_list", "SELECT * FROM \"pragma_database_list\"", "CREATE VIRTUAL TABLE v USING csv(filename='%s')",
		"CREATE VIRTUAL TABLE v USING dbstat", "SELECT fts3_tokenizer('simple')",
		"SELECT 1\x00; ATTACH '%s' AS x", "SELECT 'open", "SELECT \"open", "SELECT [open", "/*", "", " ; ; ", "-- only a comment",
	} {
		if strings.Contains(text, "%s") {
			text = fmt.Sprintf(text, other)
		}
		for _, body := range []string{sqlOf(text), "[" + sqlOf("SELECT 1") + "," + sqlOf(text) + "]"} {
			if got := rowsOf(send(s, withRows, body)); !strings.HasPrefix(got, "error: ") || got == "error: " {
				t.Errorf("%q answers %s", text, got)
			}
		}
	}
	if _, err := os.Stat(other); !os.IsNotExist(err) {
		t.Errorf("another file was made: %v", err)
	}
	if got := rowsOf(send(s, withRows, sqlOf("PRAGMA quick_check"))); got != `[["ok"]]` {
		t.Errorf("after all that the file is %s", got)
	}
}

func TestQuota(t *testing.T) {
	s := open(t, t.TempDir(), 1)
	send(s, "/execute", sqlOf("CREATE TABLE t(a)"))
	var got string
	for range 4 {
		if got = rowsOf(send(s, withRows, sqlOf("INSERT INTO t VALUES(randomblob(400000))"))); got != "[]" {
			break
		}
	}
	if got != "error: The app's database is full. Delete data, or ask for more storage in microapp.yaml." {
		t.Errorf("past the quota: %s", got)
	}
	if err := s.Resize(4); err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(send(s, withRows, sqlOf("INSERT INTO t VALUES(randomblob(400000))"))); got != "[]" {
		t.Errorf("with a larger quota: %s", got)
	}
}

// Requests that would take the server's memory or time end with words.
func TestBounds(t *testing.T) {
	s := open(t, t.TempDir(), 8)
	const count = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c) "
	for _, c := range []struct{ name, body, want string }{
		{"endless", sqlOf(count + "SELECT max(n) FROM c"), "longer than 5 seconds"},
		{"rows", sqlOf(count + "SELECT n FROM c LIMIT 20000"), "larger than"},
		{"bytes", sqlOf(count + "SELECT hex(randomblob(100000)) FROM c LIMIT 100"), "larger than"},
		{"one large value", sqlOf("SELECT randomblob(1000000000)"), "too big"},
		{"long SQL", sqlOf("SELECT '" + strings.Repeat("a", 200_000) + "'"), "may have"},
		{"large request", sqlOf("SELECT ?", strings.Repeat("a", 5<<20)), "larger than 4 MB"},
		{"many statements", "[" + strings.Repeat(sqlOf("SELECT 1")+",", 200) + sqlOf("SELECT 1") + "]", "200 statements"},
		{"not JSON", "nope", "not what the database understands"},
		{"object parameter", `{"sql":"SELECT ?","params":[{}]}`, "A parameter may be"},
	} {
		if got := rowsOf(send(s, withRows, c.body)); !strings.HasPrefix(got, "error: ") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %.200s", c.name, got)
		}
	}
	if got := rowsOf(send(s, withRows, sqlOf("SELECT 1"))); got != "[[1]]" {
		t.Errorf("afterwards: %s", got)
	}
}
