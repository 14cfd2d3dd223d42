package store_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// TestLeader: on PostgreSQL one process leads, until it gives up or its
// connection is lost.
func TestLeader(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		one, two := g.Leader("test"), g.Leader("test")
		defer one.Close()
		defer two.Close()
		leads := func(l *store.Leader) bool {
			t.Helper()
			ok, err := l.Leads(t.Context())
			g.Must(err)
			return ok
		}
		for range 2 { // who leads goes on leading
			if !leads(one) {
				t.Error("nobody leads")
			}
		}
		if leads(two) != (g.Engine() == store.SQLite) {
			t.Error("two lead")
		}
		if g.Engine() == store.SQLite {
			return
		}
		if other := g.Leader("other"); !leads(other) {
			t.Error("another name is another claim")
		} else {
			g.Must(other.Close())
		}
		g.Must(one.Close())
		if !leads(two) {
			t.Error("the claim did not pass on")
		}
		if _, err := g.SQL().ExecContext(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"); err != nil {
			t.Skip("this role may not cut connections:", err)
		}
		three := g.Leader("test")
		defer three.Close()
		if !leads(three) {
			t.Error("the claim of a lost connection is still held")
		}
		if leads(two) {
			t.Error("a process without its connection believes to lead")
		}
	})
}

// TestTwoLeaders: two sequencers that both believe to lead, over one database,
// while events are written: one tree, every event in it once, and every
// checkpoint leads to it.
func TestTwoLeaders(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		skey, vkey, err := note.GenerateKey(rand.Reader, "log.test")
		g.Must(err)
		signer, err := note.NewSigner(skey)
		g.Must(err)
		verifier, err := note.NewVerifier(vkey)
		g.Must(err)
		var work, writers sync.WaitGroup
		stop := make(chan struct{})
		for range 2 {
			s := audit.NewSequencer(g.DB, signer, verifier, nil, slog.New(slog.DiscardHandler))
			work.Go(func() {
				for {
					if _, err := s.IntegrateNow(t.Context()); err != nil {
						t.Error(err, core.AsError(err).Err)
					}
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		const each, most = 100, 4
		for range most {
			writers.Go(func() {
				for range each {
					err := g.InTx(t.Context(), func(ctx context.Context) error {
						return g.Audit.Append(ctx, core.Event{Action: "test.act", Actor: core.System("test"), Code: "ok"})
					})
					if err != nil {
						t.Error(err, core.AsError(err).Err)
					}
				}
			})
		}
		writers.Wait()
		close(stop)
		work.Wait()
		_, err = audit.NewSequencer(g.DB, signer, verifier, nil, slog.New(slog.DiscardHandler)).IntegrateNow(t.Context())
		g.Must(err)
		size, err := g.Size(t.Context())
		g.Must(err)
		ids, err := g.Pending(t.Context(), 1)
		g.Must(err)
		if size != each*most || len(ids) != 0 {
			t.Fatalf("%d leaves and %d pending of %d events", size, len(ids), each*most)
		}
		r := audit.NewReader(g.DB, verifier)
		signed, head, err := r.Checkpoint(t.Context())
		g.Must(err)
		p := r.Prover(signed, head)
		events, err := g.SearchEvents(t.Context(), store.EventFilter{Most: each * most})
		g.Must(err)
		for _, e := range events {
			proof, err := p.Prove(t.Context(), e.Index)
			g.Must(err)
			if _, err := proof.Verify([]byte(e.Leaf), verifier); err != nil {
				t.Fatal(err)
			}
		}
		if len(events) != each*most {
			t.Errorf("%d events", len(events))
		}
	})
}
