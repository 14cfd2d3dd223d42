package cli_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
	_ "modernc.org/sqlite"
)

// damage is the script command "damage DIR SQL": it changes a database behind
// Paddock's back, with its triggers taken off.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: damage DIR SQL")
	}
	ctx := context.Background()
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "paddock.db"))
	ts.Check(err)
	defer db.Close()
	rows, err := db.QueryContext(ctx, "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'")
	ts.Check(err)
	var drops []string
	for rows.Next() {
		var drop string
		ts.Check(rows.Scan(&drop))
		drops = append(drops, drop)
	}
	ts.Check(rows.Err())
	for _, statement := range append(drops, args[1]) {
		_, err = db.ExecContext(ctx, statement)
		ts.Check(err)
	}
}

// edit is the script command "edit FILE FROM TO": it changes bytes of a file.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE FROM TO")
	}
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	changed := bytes.Replace(b, []byte(args[1]), []byte(args[2]), 1)
	if bytes.Equal(changed, b) {
		ts.Fatalf("%s holds no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), changed, 0o600))
}
