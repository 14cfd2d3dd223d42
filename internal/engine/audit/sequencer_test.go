package audit_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// whole fails unless every event is integrated once, in order, under a
// checkpoint that holds.
func whole(t *testing.T, m *memory, k keys) {
	t.Helper()
	if len(m.integrated) != len(m.ids) {
		t.Fatalf("%d of %d events are integrated", len(m.integrated), len(m.ids))
	}
	for i, id := range m.integrated {
		if id != m.ids[i] {
			t.Fatalf("index %d holds %s, not %s", i, id, m.ids[i])
		}
	}
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	next := 0
	head, err := audit.OpenCheckpoint(m.heads[next], k.verifier)
	check(t, err)
	for i, leaf := range m.leaves {
		hashes, err := tlog.StoredHashes(int64(i), []byte(leaf), read)
		check(t, err)
		stored = append(stored, hashes...)
		if head.Size == int64(i+1) {
			root, err := tlog.TreeHash(head.Size, read)
			check(t, err)
			if root != head.Root {
				t.Fatalf("checkpoint of %d leaves does not hold", head.Size)
			}
			if next++; next < len(m.heads) {
				head, err = audit.OpenCheckpoint(m.heads[next], k.verifier)
				check(t, err)
			}
		}
	}
	if next != len(m.heads) {
		t.Fatalf("%d checkpoints, %d hold", len(m.heads), next)
	}
}

// TestKilledBetweenBatches: a sequencer that dies before or after any batch is
// followed by one that leaves no gap and no duplicate (promise 8).
func TestKilledBetweenBatches(t *testing.T) {
	k := newKeys(t)
	for _, place := range []string{"before", "after"} {
		for dies := range 4 {
			m := &memory{}
			add(t, m, 3500)
			calls := 0
			m.fault = func(at string) error {
				if at != place {
					return nil
				}
				if calls++; calls > dies {
					return errFault
				}
				return nil
			}
			if _, err := sequencer(m, k, nil).IntegrateNow(t.Context()); err == nil {
				t.Fatal("it did not die")
			}
			m.fault = nil
			add(t, m, 10)
			_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
			check(t, err)
			whole(t, m, k)
		}
	}
}

// TestTwoSequencers: two that race keep one history.
func TestTwoSequencers(t *testing.T) {
	k, m := newKeys(t), &memory{}
	var wait sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		wait.Go(func() {
			s := sequencer(m, k, nil)
			for {
				if _, err := s.IntegrateNow(t.Context()); err != nil {
					t.Error(err)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 60 {
		add(t, m, 1+random.IntN(30))
	}
	close(stop)
	wait.Wait()
	_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
	check(t, err)
	whole(t, m, k)
}

// TestLosingEveryRace: who always comes second is done when the winner has
// integrated what was owed, and chases nothing newer.
func TestLosingEveryRace(t *testing.T) {
	k, m := newKeys(t), &memory{}
	add(t, m, 7)
	rival, racing, races := sequencer(m, k, nil), false, 0
	m.fault = func(at string) error {
		if at != "before" || racing {
			return nil
		}
		racing = true
		defer func() { racing = false }()
		races++
		_, err := rival.IntegrateNow(t.Context())
		check(t, err)
		add(t, m, 3) // there is always more
		return nil
	}
	n, err := sequencer(m, k, nil).IntegrateNow(t.Context())
	check(t, err)
	if n != 0 || races != 1 || len(m.integrated) != 7 {
		t.Errorf("integrated %d of %d after %d races", n, len(m.integrated), races)
	}
	m.fault = func(at string) error {
		if at == "before" {
			return core.Errorf(core.Conflict, "refused")
		}
		return nil
	}
	if _, err := sequencer(m, k, nil).IntegrateNow(t.Context()); core.CodeOf(err) != core.Conflict {
		t.Errorf("a store that refuses what nobody races for: %v", err)
	}
}

// TestRun: a running sequencer integrates on a wake and on a tick, survives a
// failing store, and drains when it is stopped.
func TestRun(t *testing.T) {
	k, m := newKeys(t), &memory{}
	kept := make(chan struct{}, 10)
	m.integrate = func() { kept <- struct{}{} }
	ticks := make(chan time.Time)
	s := sequencer(m, k, ticks)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()

	add(t, m, 1)
	s.Wake()
	<-kept
	var failed sync.Once
	m.mu.Lock()
	m.fault = func(string) (err error) {
		failed.Do(func() { err = errFault })
		return err
	}
	m.mu.Unlock()
	add(t, m, 1)
	ticks <- time.Time{} // rests after the first
	ticks <- time.Time{} // fails
	ticks <- time.Time{} // works
	<-kept
	add(t, m, 1)
	stop()
	check(t, <-done)
	<-kept
	whole(t, m, k)
}

// TestRefusesDamagedTree: nothing is signed on top of a tree that does not
// match its last checkpoint.
func TestRefusesDamagedTree(t *testing.T) {
	for name, damage := range map[string]func(m *memory){
		"hash":       func(m *memory) { m.hashes[len(m.hashes)-1][0] ^= 1 },
		"signature":  func(m *memory) { m.heads[0] = strings.Replace(m.heads[0], "— log", "— lag", 1) },
		"no head":    func(m *memory) { m.heads = nil },
		"other tree": func(m *memory) { m.integrated, m.hashes = m.integrated[:1], m.hashes[:1] },
	} {
		t.Run(name, func(t *testing.T) {
			k, m := newKeys(t), &memory{}
			add(t, m, 3)
			_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
			check(t, err)
			damage(m)
			add(t, m, 1)
			size := len(m.integrated)
			if _, err := sequencer(m, k, nil).IntegrateNow(t.Context()); err == nil || len(m.integrated) != size {
				t.Fatal("it signed on:", err)
			}
		})
	}
}

// TestAppendRefusals: what the log could not prove is refused before the act.
func TestAppendRefusals(t *testing.T) {
	log := audit.NewLog(&memory{}, fixedClock{}, core.IDs{}, strings.NewReader(""))
	person := core.Actor{Kind: core.ActorPerson, Name: "ada@example.org"}
	for _, c := range []struct {
		event core.Event
		code  core.Code
	}{
		{core.Event{}, core.Invalid},
		{core.Event{Action: "App Create"}, core.Invalid},
		{core.Event{Action: "app.create", At: -1}, core.Invalid},
		{core.Event{Action: "app.create", At: 1 << 60}, core.Invalid},
		{core.Event{Action: "app.create", Data: map[string]string{"A B": "x"}}, core.Invalid},
		{core.Event{Action: "app.create", Data: map[string]string{"x": strings.Repeat("y", audit.MaxLeaf)}}, core.TooLarge},
		{core.Event{Action: "app.create", Actor: person}, core.Internal}, // no randomness
	} {
		if err := log.Append(t.Context(), c.event); core.CodeOf(err) != c.code {
			t.Errorf("%.60v: %v", c.event, err)
		}
	}
}
