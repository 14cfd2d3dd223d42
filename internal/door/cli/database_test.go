package cli_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// keepCheckpoint is the script command "keep DIR FILE": it writes the newest
// checkpoint of a folder into a file.
func keepCheckpoint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep DIR FILE")
	}
	db, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "paddock.db"))
	ts.Check(err)
	defer db.Close()
	var signed string
	ts.Check(db.QueryRow("SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1").Scan(&signed))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(signed), 0o600))
}

// makePgLog gives the script command "pglog EVENTS": it makes an audit log in a
// PostgreSQL database and puts its address, as the server's role, its
// superuser's and its verifier key into $DATABASE, $SUPERUSER
// and $VKEY, and the id of the event in its middle into $EVENT.
func makePgLog(t *testing.T) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) != 1 {
			ts.Fatalf("usage: pglog EVENTS")
		}
		events, err := strconv.Atoi(args[0])
		ts.Check(err)
		g := testkit.On(t, store.Postgres)
		skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/database")
		ts.Check(err)
		signer, err := note.NewSigner(skey)
		ts.Check(err)
		verifier, err := note.NewVerifier(vkey)
		ts.Check(err)
		ctx := context.Background()
		ts.Check(g.InTx(ctx, func(ctx context.Context) error {
			for i := range events {
				if err := g.Audit.Append(ctx, core.Event{Action: "session.start", Actor: core.System("test"), Target: fmt.Sprintf("visit %d", i), Code: "ok"}); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err = audit.NewSequencer(g, signer, verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(ctx)
		ts.Check(err)
		ids, err := g.SearchEvents(ctx, store.EventFilter{Most: events})
		ts.Check(err)
		ts.Setenv("EVENT", string(ids[len(ids)/2].ID))
		ts.Setenv("DATABASE", g.Database.URL(postgres.Server))
		ts.Setenv("SUPERUSER", g.Database.URL(postgres.Superuser))
		ts.Setenv("VKEY", vkey)
	}
}

// pgDamage is the script command "pgdamage SQL": it changes the database of
// pglog behind Paddock's back, with the triggers of the log taken off.
func pgDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: pgdamage SQL")
	}
	db, err := sql.Open("pgx", ts.Getenv("SUPERUSER"))
	ts.Check(err)
	defer db.Close()
	for _, table := range []string{"audit_event", "audit_pending", "audit_leaf", "audit_node", "audit_checkpoint"} {
		_, err := db.Exec("ALTER TABLE " + table + " DISABLE TRIGGER ALL")
		ts.Check(err)
	}
	for s := range strings.SplitSeq(args[0], ";") {
		_, err := db.Exec(s)
		ts.Check(err)
	}
}

// putKey is the script command "keyfile DIR": it puts $VKEY where a folder has
// the verifier key of its log.
func putKey(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keyfile DIR")
	}
	ts.Check(os.WriteFile(filepath.Join(ts.MkAbs(args[0]), "keys", "audit.vkey"), []byte(ts.Getenv("VKEY")+"\n"), 0o600))
}
