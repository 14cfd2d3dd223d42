package appdb_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/workerd/appdb"
)

// SEC-5: SQLite itself refuses other files and oversized values, even for SQL
// that nobody looked at before.
func TestWallsInsideSQLite(t *testing.T) {
	dir := t.TempDir()
	db, err := appdb.Open(filepath.Join(dir, "odd ?name#&%41.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other := filepath.Join(dir, "other.sqlite")
	for text, want := range map[string]string{
		"ATTACH '" + other + "' AS x":                   "not authorized",
		"VACUUM INTO '" + other + "'":                   "authorization denied",
		"DETACH main":                                   "not authorized",
		"SELECT load_extension('x')":                    "not authorized",
		"SELECT length(randomblob(5000000))":            "too big",
		"SELECT 1, " + strings.Repeat("1, ", 200) + "1": "too many columns",
	} {
		if _, err := db.Exec(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", text, err, want)
		}
	}
	if _, err := db.Exec("CREATE TABLE t(a)"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "odd ?name#&%41.sqlite")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(other); !os.IsNotExist(err) {
		t.Errorf("another file was made: %v", err)
	}
}
