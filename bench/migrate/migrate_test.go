package migrate_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/bench/auditlog"
	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/app/migrate"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/seal"
	"github.com/paddock-dev/paddock/internal/testkit/postgres"
)

// perTx is how many apps are added in one transaction.
const perTx = 2000

// fleet makes a SQLite installation with so many apps and three times as many
// events, and returns its folder and the signed checkpoint of its log.
func fleet(b *testing.B, apps int) (dir, checkpoint string) {
	dir = b.TempDir()
	keys, err := seal.Open(filepath.Join(dir, "keys"), rand.Reader)
	must(b, err)
	db, err := store.Open(b.Context(), dir)
	must(b, err)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	who := core.Person{ID: core.IDs{}.New(now), Email: "ada@example.org", Created: core.Stamp(now)}
	for first := 0; first < apps; first += perTx {
		must(b, db.Quietly(b.Context(), func(ctx context.Context) error {
			if first == 0 {
				must(b, db.AddPerson(ctx, who))
			}
			for n := first; n < min(first+perTx, apps); n++ {
				must(b, add(ctx, db, who, now.Add(time.Duration(n)*time.Second), n))
			}
			return nil
		}))
	}
	must(b, db.Close())
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(dir, store.File)+"?_txlock=immediate")
	must(b, err)
	defer raw.Close()
	checkpoint, err = auditlog.Write(b.Context(), raw, auditlog.Options{Events: 3 * apps, Pending: 10, Signer: keys.NoteSigner()})
	must(b, err)
	return dir, checkpoint
}

// add makes one app with a few records around it.
func add(ctx context.Context, db *store.DB, who core.Person, now time.Time, n int) error {
	name := fmt.Sprintf("app-%06d", n)
	a := core.App{ID: core.IDs{}.New(now), Name: name, OwnerID: who.ID, OwnerEmail: who.Email, State: core.AppActive, Created: core.Stamp(now), Version: 1,
		Descriptor: core.Descriptor{Name: name, Template: "internal-dashboard@1", Owner: who.Email, Classification: core.InternalUse, Region: "eu-sovereign", Runtime: core.Serverless}}
	if err := db.AddApp(ctx, a); err != nil {
		return err
	}
	err := db.AddDecision(ctx, core.Decision{ID: core.IDs{}.New(now), Gate: core.GateAppCreate, AppID: a.ID, Subject: name, Actor: core.System("bench"), Result: core.Allow,
		PolicyRevision: "r", InputDigest: "sha256:0", Input: []byte(`{"app":{"name":"` + name + `"}}`), At: core.Stamp(now)})
	if err != nil {
		return err
	}
	return db.AddUsage(ctx, core.Usage{AppID: a.ID, Hour: core.Stamp(now), Requests: int64(n)})
}

// BenchmarkMigrate moves a fleet to PostgreSQL and holds the audit root against
// the checkpoint that was signed before.
func BenchmarkMigrate(b *testing.B) {
	apps := 100_000
	if text := os.Getenv("PADDOCK_BENCH_APPS"); text != "" {
		var err error
		apps, err = strconv.Atoi(text)
		must(b, err)
	}
	for b.Loop() {
		b.StopTimer()
		dir, checkpoint := fleet(b, apps)
		target := postgres.Shared(b).Empty(b)
		info, err := os.Stat(filepath.Join(dir, store.File))
		must(b, err)
		b.StartTimer()
		r, err := migrate.ToPostgres(b.Context(), migrate.Options{Data: dir, URL: target.URL(postgres.Owner), Clock: core.SystemClock{},
			Lock: func() (io.Closer, error) { return io.NopCloser(nil), nil }, Note: func(context.Context, string) error { return nil }})
		must(b, err)
		if r.Audit.Checkpoint != checkpoint || r.Audit.Size != int64(3*apps) {
			b.Fatalf("the log is not the same: %+v", r.Audit)
		}
		b.ReportMetric(float64(r.Rows), "rows")
		b.ReportMetric(float64(r.Rows)/r.CopySeconds, "rows/s-copied")
		b.ReportMetric(float64(r.Rows)/r.VerifySeconds, "rows/s-verified")
		b.ReportMetric(float64(info.Size()>>20), "MiB-sqlite")
		b.Logf("%d apps, %d rows: %.1f s (copied %.1f s, verified %.1f s); audit root of %d events, the same on both sides: %s",
			apps, r.Rows, r.Seconds, r.CopySeconds, r.VerifySeconds, r.Audit.Size, r.Audit.Root)
	}
}

func must(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatalf("%v (cause: %v)", err, core.AsError(err).Err)
	}
}
