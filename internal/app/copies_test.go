package app

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit/verify"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// TestCopiesOfCheckpoints: what the settings name gets copies that verify the
// log, the page tells how far each is, and a place in the data folder, or one
// whose secret is missing, says so, once to people when it lasts.
func TestCopiesOfCheckpoints(t *testing.T) {
	h := openHouse(t)
	ctx := t.Context()
	_, err := h.identity.AddPerson(ctx, core.System("test"), "pia@example.org", "", []core.Role{core.RolePlatform})
	must(t, err)
	clock := &labClock{}
	h.copier.Clock = clock
	dir := t.TempDir()
	settle(h, catalog.Audit{Every: 60, Copies: []catalog.Copy{{Folder: dir}, {Folder: filepath.Join(h.config.Data, "copies")}, {S3: "http://127.0.0.1:1/bucket", AccessKey: "id", Secret: "missing"}}})
	act(t, h, 3, "thing")
	h.copier.Round(ctx)
	files, err := filepath.Glob(filepath.Join(dir, "*", "checkpoint-*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	note, err := os.ReadFile(files[0])
	must(t, err)
	if r, err := verify.Check(ctx, verify.Place{Dir: h.config.Data}, verify.Options{Known: []string{string(note)}}); err != nil || !r.OK {
		t.Errorf("%+v %v", r, err)
	}
	must(t, h.store.InTx(ctx, func(ctx context.Context) error {
		return h.audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Code: "ok"})
	}))
	health, err := h.eventLog().Health(ctx, time.Now().Add(time.Minute))
	if err != nil || health.Pending == 0 || health.Lag < 55 || health.Lag > 600 || health.Size < 3 || health.Newest.IsZero() || len(health.Watch.Copies) != 3 {
		t.Errorf("%+v %v", health, err)
	}
	_, err = h.sequencer.IntegrateNow(ctx)
	must(t, err)
	if health, err := h.eventLog().Health(ctx, time.Now()); err != nil || health.Pending != 0 || health.Lag != 0 || !health.Oldest.IsZero() {
		t.Errorf("%+v %v", health, err)
	}
	w, err := h.watch(ctx)
	if err != nil || len(w.Copies) != 3 || w.Copies[0].Size == 0 || w.Copies[0].Problem != "" || w.Copies[1].Problem != "The folder lies in the server's own data folder." || w.Copies[2].Problem != `There is no secret named "missing".` {
		t.Errorf("%+v %v", w.Copies, err)
	}
	for range 2 {
		clock.offset.Add(int64(20 * time.Minute))
		h.copier.Round(ctx)
	}
	rows, err := h.store.SearchEvents(ctx, store.EventFilter{Action: "copy.lost", Most: 9})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d times told of two places: %v", len(rows), err)
	}
}
