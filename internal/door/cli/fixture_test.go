package cli_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// makeAuditLog is the script command "auditlog DIR EVENTS": a data folder with
// a real audit log in it. DIR.vkey gets the log's verifier key.
func makeAuditLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: auditlog DIR EVENTS")
	}
	var events int
	_, err := fmt.Sscan(args[1], &events)
	ts.Check(err)
	dir := ts.MkAbs(args[0])
	skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/cli")
	ts.Check(err)
	ts.Check(os.MkdirAll(filepath.Join(dir, "keys"), 0o700))
	ts.Check(os.WriteFile(filepath.Join(dir, "keys", "audit.vkey"), []byte(vkey+"\n"), 0o600))
	ts.Check(os.WriteFile(dir+".vkey", []byte(vkey), 0o600))
	ts.Setenv("VKEY", vkey)
	ctx := context.Background()
	db, err := store.Open(ctx, dir)
	ts.Check(err)
	defer db.Close()
	signer, err := note.NewSigner(skey)
	ts.Check(err)
	verifier, err := note.NewVerifier(vkey)
	ts.Check(err)
	log := audit.NewLog(db, testkit.NewClock(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), core.IDs{}, rand.Reader)
	ts.Check(db.InTx(ctx, func(ctx context.Context) error {
		for i := range events {
			if err := log.Append(ctx, core.Event{Action: "app.create", Actor: core.System("test"), Target: fmt.Sprintf("app %d", i), Code: "ok"}); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err = audit.NewSequencer(db, signer, verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(ctx)
	ts.Check(err)
}

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

// reportFor is the report of a folder that says what it is in a file "verdict".
func reportFor(dir, governance string) (core.Report, error) {
	b, err := os.ReadFile(filepath.Join(dir, "verdict"))
	if err != nil {
		return core.Report{}, core.Errorf(core.Unreadable, "The folder %q holds no microapp.yaml.", dir).Hinted("Give the folder of an app.")
	}
	verdict := core.Verdict(strings.TrimSpace(string(b)))
	r := core.Report{Tool: "paddock v1.2.3", App: "tracker", PolicyRevision: "rules of " + governance, Verdict: verdict,
		Checks: []core.CheckResult{{Name: "regions", Verdict: verdict, Looked: "1 file"}}, Findings: []core.Finding{}}
	if r.Verdict == core.Blocks {
		r.Checks[0].Findings = 1
		r.Findings = append(r.Findings, core.Finding{Code: "region_not_allowed", Check: "regions", Severity: core.Blocker, Blocking: true,
			What: "The app asks for the region us-west-2.", Why: "Data must stay in approved regions.", Fix: []string{"Write region: eu-sovereign."},
			Path: "microapp.yaml", Line: 7, Column: 9, Quote: "region: us-west-2", Fingerprint: "f1"})
	}
	if r.Verdict == core.Incomplete {
		r.Checks[0].Incomplete = []string{"The file big.bin is too large to be read."}
	}
	return r, nil
}
