package auditlog_test

import (
	"crypto/rand"
	"log/slog"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/bench/auditlog"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
)

// TestWrite: what is written verifies, is the same each time, and is taken up
// by the real sequencer, which integrates what was left waiting.
func TestWrite(t *testing.T) {
	ctx := t.Context()
	skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/generated")
	ok(t, err)
	signer, err := note.NewSigner(skey)
	ok(t, err)
	verifier, err := note.NewVerifier(vkey)
	ok(t, err)
	var heads []string
	for range 2 {
		dir := t.TempDir()
		db, err := store.Open(ctx, dir)
		ok(t, err)
		raw, err := auditlog.OpenSQLite(dir)
		ok(t, err)
		head, err := auditlog.Write(ctx, raw, auditlog.Options{Events: 2345, Pending: 30, Batch: 500, Signer: signer, Seed: 7})
		ok(t, err)
		ok(t, raw.Close())
		heads = append(heads, head)
		r, err := verify.Folder(ctx, dir, vkey, head)
		ok(t, err)
		if !r.OK || r.Events != 2345 || r.Size != 2345 || r.Pending != 30 || r.Signed != 6 {
			t.Fatalf("%+v", r)
		}
		added, err := audit.NewSequencer(db, signer, verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(ctx)
		ok(t, err)
		if r, err = verify.Folder(ctx, dir, vkey, head); err != nil || !r.OK || r.Events != 2375 || added != 30 {
			t.Fatalf("%d added: %+v %v", added, r, err)
		}
		ok(t, db.Close())
	}
	if heads[0] != heads[1] {
		t.Fatalf("two logs of one seed:\n%s\n%s", heads[0], heads[1])
	}
}

// BenchmarkWrite writes 100,000 events into SQLite.
func BenchmarkWrite(b *testing.B) {
	skey, _, err := note.GenerateKey(rand.Reader, "log.test/generated")
	ok(b, err)
	signer, err := note.NewSigner(skey)
	ok(b, err)
	for b.Loop() {
		dir := b.TempDir()
		db, err := store.Open(b.Context(), dir)
		ok(b, err)
		ok(b, db.Close())
		raw, err := auditlog.OpenSQLite(dir)
		ok(b, err)
		_, err = auditlog.Write(b.Context(), raw, auditlog.Options{Events: 100_000, Signer: signer})
		ok(b, err)
		ok(b, raw.Close())
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}
