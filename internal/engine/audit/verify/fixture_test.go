package verify_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	_ "modernc.org/sqlite"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// fixedClock stands still.
type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// logFolder is a data folder with a real audit log in it.
type logFolder struct {
	dir    string
	vkey   string
	signer note.Signer
}

// newLog writes events in batches of perBatch, each integrated by the real
// sequencer, into a real store.
func newLog(t testing.TB, events, perBatch int) logFolder {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/one")
	check(t, err)
	signer, err := note.NewSigner(skey)
	check(t, err)
	f := logFolder{testkit.Folder(t), vkey, signer}
	check(t, os.Mkdir(filepath.Join(f.dir, "keys"), 0o700))
	check(t, os.WriteFile(filepath.Join(f.dir, "keys", "audit.vkey"), []byte(vkey+"\n"), 0o600))
	f.grow(t, events, perBatch)
	return f
}

// copied returns a copy of the folder.
func (f logFolder) copied(t testing.TB) logFolder {
	t.Helper()
	dir := f.dir
	f.dir = t.TempDir()
	check(t, os.CopyFS(f.dir, os.DirFS(dir)))
	return f
}

// grow appends events to the log of the folder.
func (f logFolder) grow(t testing.TB, events, perBatch int) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, f.dir)
	check(t, err)
	defer db.Close()
	verifier, err := note.NewVerifier(f.vkey)
	check(t, err)
	log := audit.NewLog(db, fixedClock{}, core.IDs{}, rand.Reader)
	seq := audit.NewSequencer(db, f.signer, verifier, nil, slog.New(slog.DiscardHandler))
	for done := 0; done < events; done += perBatch {
		check(t, db.InTx(ctx, func(ctx context.Context) error {
			for i := done; i < min(done+perBatch, events); i++ {
				if err := log.Append(ctx, event(i)); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err := seq.IntegrateNow(ctx)
		check(t, err)
	}
}

// wait appends events that are not integrated.
func (f logFolder) wait(t testing.TB, events int) {
	t.Helper()
	db, err := store.Open(t.Context(), f.dir)
	check(t, err)
	defer db.Close()
	log := audit.NewLog(db, fixedClock{}, core.IDs{}, rand.Reader)
	check(t, db.InTx(t.Context(), func(ctx context.Context) error {
		for i := range events {
			if err := log.Append(ctx, event(i)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// event makes one event as the server would: half by people, half by jobs.
func event(i int) core.Event {
	e := core.Event{Action: "change.merge", Actor: core.System("deploy"), AppID: "01980000-0000-7000-8000-00000000000a",
		Gate: core.GateChangeMerge, Target: fmt.Sprintf("change %d", i), Code: "ok",
		Data: map[string]string{"commit": fmt.Sprintf("%040x", i), "decision": "01980000-0000-7000-8000-0000000000dd"}}
	if i%2 == 0 {
		e.Actor = core.Actor{Kind: core.ActorPerson, ID: "01980000-0000-7000-8000-0000000000ab", Name: "ada@example.org", Door: "web"}
	}
	return e
}

// open opens the database as somebody with the file would.
func (f logFolder) open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "paddock.db"))
	check(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

// tamper runs SQL on the database file as an attacker with the file would.
func (f logFolder) tamper(t testing.TB, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(f.dir, "paddock.db"))
	check(t, err)
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	check(t, err)
	var drops []string
	for rows.Next() {
		var name string
		check(t, rows.Scan(&name))
		drops = append(drops, "DROP TRIGGER "+name)
	}
	check(t, rows.Close())
	for _, s := range append(drops, statements...) {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", strings.TrimSpace(s), err)
		}
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}
