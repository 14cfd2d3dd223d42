package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cosign "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// serve puts a house's doors on a real address.
func serve(t *testing.T, h *house) string {
	t.Helper()
	s := httptest.NewServer(h.router)
	t.Cleanup(s.Close)
	return s.URL
}

// settle puts settings for witnesses in force.
func settle(h *house, a catalog.Audit) {
	rev := *h.shelf.Current()
	rev.Settings.Audit = a
	h.shelf.current.Store(&rev)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}

// act writes n events and has them integrated.
func act(t *testing.T, h *house, n int, what string) {
	t.Helper()
	for range n {
		must(t, h.store.InTx(t.Context(), func(ctx context.Context) error {
			return h.audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Target: what, Code: "ok"})
		}))
	}
	_, err := h.sequencer.IntegrateNow(t.Context())
	must(t, err)
}

func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	must(t, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(b)
}

// openTwin opens a house with the keys of another one and an empty log.
func openTwin(t *testing.T, h *house) *house {
	t.Helper()
	dir := testkit.Folder(t)
	must(t, os.Mkdir(filepath.Join(dir, "keys"), 0o700))
	for _, name := range []string{"keyring", "signing.pub", "audit.vkey", "witness.vkey"} {
		b, err := os.ReadFile(filepath.Join(h.config.Data, "keys", name))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, "keys", name), b, 0o600))
	}
	c := h.config
	c.Data = dir
	twin, err := open(t.Context(), c, "test", slog.New(slog.DiscardHandler))
	must(t, err)
	t.Cleanup(func() { twin.close(t.Context()) })
	return twin
}

// TestAnotherPaddockIsTheWitness: one server brings its checkpoints to another
// one over HTTP; both then serve the checkpoint with both signatures, and a
// proof is made under it. When the log is replaced by another one with the same
// key, the witness refuses it, and the log says so loudly.
func TestAnotherPaddockIsTheWitness(t *testing.T) {
	log, guard := openHouse(t), openHouse(t)
	guardURL, logURL := serve(t, guard), serve(t, log)
	settle(guard, catalog.Audit{Logs: []string{log.keys.AuditKey()}})
	settle(log, catalog.Audit{Quorum: 1, Witnesses: []catalog.Witness{{URL: guardURL + "/witness", Key: guard.keys.WitnessKey()}}})

	act(t, log, 300, "one")
	log.asker.Round(t.Context())
	act(t, log, 300, "two")
	log.asker.Round(t.Context())
	states, err := log.store.WitnessStates(t.Context())
	must(t, err)
	size, err := log.store.Size(t.Context())
	must(t, err)
	if len(states) != 1 || states[0].State != core.WitnessOK || states[0].Size != size {
		t.Fatalf("%+v, the log has %d", states, size)
	}

	verifier, err := cosign.NewVerifierForCosignatureV1(guard.keys.WitnessKey())
	must(t, err)
	for _, path := range []string{logURL + "/api/v1/log/checkpoint", logURL + "/api/v1/log/witnessed"} {
		status, signed := fetch(t, path)
		n, err := note.Open([]byte(signed), note.VerifierList(log.verifier, verifier))
		if status != http.StatusOK || err != nil || len(n.Sigs) != 2 {
			t.Errorf("%s: %d %v\n%s", path, status, err, signed)
		}
	}
	watched, err := guard.watch(t.Context())
	must(t, err)
	if len(watched.Logs) != 1 || watched.Logs[0].Size != size {
		t.Errorf("the witness says %+v", watched)
	}
	events, err := log.store.SearchEvents(t.Context(), store.EventFilter{Most: 1})
	must(t, err)
	p, leaf, err := log.eventLog().Prove(t.Context(), events[0].ID)
	must(t, err)
	if _, err := p.Verify([]byte(leaf), log.verifier); err != nil || !strings.Contains(p.String(), guard.keys.Installation()) {
		t.Errorf("%v\n%s", err, p)
	}

	// Nobody else gets a cosignature: not for a log that the witness does not know.
	stranger := openHouse(t)
	settle(stranger, catalog.Audit{Quorum: 1, Witnesses: []catalog.Witness{{URL: guardURL + "/witness", Key: guard.keys.WitnessKey()}}})
	act(t, stranger, 1, "x")
	stranger.asker.Round(t.Context())
	if states, _ := stranger.store.WitnessStates(t.Context()); len(states) != 1 || states[0].State != core.WitnessSilent || !strings.Contains(states[0].Problem, "404") {
		t.Errorf("%+v", states)
	}

	// The same key, another history.
	forked := openTwin(t, log)
	settle(forked, log.shelf.Current().Settings.Audit)
	act(t, forked, 700, "other")
	forked.asker.Round(t.Context())
	states, err = forked.store.WitnessStates(t.Context())
	must(t, err)
	if len(states) != 1 || states[0].State != core.WitnessForked || !states[0].Told {
		t.Fatalf("%+v", states)
	}
	found, err := forked.store.SearchEvents(t.Context(), store.EventFilter{Action: "witness.forked", Most: 9})
	must(t, err)
	if len(found) != 1 || found[0].Code != string(core.Conflict) || !strings.Contains(found[0].Data["problem"], "other entries") {
		t.Errorf("%+v", found)
	}
}
