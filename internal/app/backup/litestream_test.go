package backup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
)

// TestPointInTimeRecovery replicates a working installation with the real
// Litestream, named by PADDOCK_LITESTREAM (make test-litestream builds it), and
// restores the database as it stood between two acts.
func TestPointInTimeRecovery(t *testing.T) {
	litestream := os.Getenv("PADDOCK_LITESTREAM")
	if litestream == "" {
		t.Skip("PADDOCK_LITESTREAM names no litestream; make test-litestream builds one")
	}
	w := newWorldOn(t, store.SQLite)
	dir := t.TempDir()
	config, replica := filepath.Join(dir, "litestream.yml"), filepath.Join(dir, "replica")
	w.Must(os.WriteFile(config, fmt.Appendf(nil, "dbs:\n  - path: %s\n    replica:\n      type: file\n      path: %s\n", filepath.Join(w.Dir, store.File), replica), 0o600))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	sidecar := exec.CommandContext(ctx, litestream, "replicate", "-config", config)
	sidecar.Cancel = func() error { return sidecar.Process.Signal(os.Interrupt) }
	w.Must(sidecar.Start())
	back := func(name string, args ...string) int64 {
		to := filepath.Join(dir, name)
		w.Must(os.CopyFS(to, os.DirFS(w.Dir)))
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(filepath.Join(to, store.File+suffix))
		}
		out, err := exec.Command(litestream, append(append([]string{"restore", "-o", filepath.Join(to, store.File)}, args...), "file://"+replica)...).CombinedOutput()
		if err != nil {
			t.Logf("%s: %v: %s", name, err, out)
			return 0
		}
		f, err := fsck.Check(t.Context(), to)
		if err != nil || !f.OK {
			t.Errorf("%s: %+v, %v", name, f.Problems, err)
		}
		v, err := verify.Folder(t.Context(), to, w.keys.AuditKey())
		if err != nil || !v.OK {
			t.Errorf("%s: %+v, %v", name, v.Problems, err)
		}
		db, err := store.Open(t.Context(), to)
		w.Must(err)
		defer db.Close()
		return acts(t, db)
	}
	for range 3 {
		w.act(t)
	}
	reached := w.acked.Load()
	w.until(t, "the first acts", func(try int) bool { return back(fmt.Sprintf("a%d", try)) == reached })
	moment := time.Now().UTC()
	for range 3 {
		w.act(t)
	}
	w.until(t, "the later acts", func(try int) bool { return back(fmt.Sprintf("b%d", try)) == w.acked.Load() })
	if got := back("then", "-timestamp", moment.Format(time.RFC3339Nano)); got != reached {
		t.Errorf("restored to the moment after act %d, there are %d", reached, got)
	}
	stop()
	_ = sidecar.Wait()
}

// acts counts the recorded acts.
func acts(t *testing.T, db *store.DB) int64 {
	t.Helper()
	for n := int64(1); ; n++ {
		if v, err := db.Setting(t.Context(), fmt.Sprintf("act-%06d", n)); err != nil || v == "" {
			return n - 1
		}
	}
}

// until waits for what a program of somebody else does in its own time.
func (w *world) until(t *testing.T, what string, there func(try int) bool) {
	t.Helper()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for try := range 60 {
		if there(try) {
			return
		}
		<-tick.C
	}
	t.Fatalf("%s did not come in a minute", what)
}
