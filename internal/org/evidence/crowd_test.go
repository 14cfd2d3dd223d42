package evidence_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/org/evidence"
)

// crowd is a world with many apps, each with a decision and five events.
func crowd(t testing.TB, apps int) *world {
	w := newWorld(t).live()
	who := core.Actor{Kind: core.ActorPerson, ID: owner, Name: "ada@example.org", Door: "web"}
	for i := range apps {
		id := core.ID(fmt.Sprintf("01980000-0000-7000-8000-%012x", 0x1000+i))
		w.act(core.Event{Action: "app.create", AppID: id, Actor: who, Target: fmt.Sprintf("app-%d", i), Code: "ok"}, func(ctx context.Context) error {
			return w.db.AddApp(ctx, core.App{ID: id, Name: fmt.Sprintf("app-%d", i), OwnerID: owner, State: core.AppProvisioning, Created: core.Stamp(w.clock.now)})
		})
		w.decideFor(id, core.Decision{ID: core.ID(fmt.Sprintf("d-%d", i)), Gate: core.GateAppCreate, Subject: "form"}, false)
		for j := range 4 {
			w.act(core.Event{Action: "vendor.use", AppID: id, Actor: core.System("test"), Target: fmt.Sprint("call ", j), Code: "ok"})
		}
	}
	return w
}

// measured exports 2026 to a file and verifies it, and tells times and the
// highest heap in between.
func measured(b *testing.B, w *world) {
	scope, err := evidence.ParsePeriod("2026")
	ok(b, err)
	runtime.GC()
	peak := watch()
	path := filepath.Join(b.TempDir(), "pack.zip")
	f, err := os.Create(path)
	ok(b, err)
	defer f.Close()
	begun := time.Now()
	sum, err := w.exp.Export(b.Context(), scope, f)
	ok(b, err)
	exported := time.Since(begun)
	info, err := f.Stat()
	ok(b, err)
	b.ReportMetric(float64(peak())/(1<<20), "export-peak-MiB")
	peak = watch()
	begun = time.Now()
	r, err := evidence.Verify(b.Context(), f, info.Size(), w.keys.AuditKey())
	ok(b, err)
	if !r.OK || r.Coverage.First != 0 {
		b.Fatalf("%+v", r.Problems)
	}
	b.ReportMetric(float64(peak())/(1<<20), "verify-peak-MiB")
	b.ReportMetric(float64(sum.Events)/exported.Seconds(), "exported-events/s")
	b.ReportMetric(float64(sum.Events)/time.Since(begun).Seconds(), "verified-events/s")
	b.ReportMetric(float64(info.Size())/float64(sum.Events), "bytes/event")
}

// watch samples the heap until the returned function is called.
func watch() (peak func() uint64) {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				done <- most
				return
			case <-tick.C:
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}
