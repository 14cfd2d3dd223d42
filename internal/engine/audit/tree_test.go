package audit_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// memory is a tree in memory that keeps the contract of Rows, Tree and Store.
type memory struct {
	mu         sync.Mutex
	ids        []core.ID // all events, in insertion order
	leaves     []string
	openings   []string
	integrated []core.ID
	hashes     [][32]byte            // of leaves
	nodes      map[[2]int64][32]byte // of full tiles, by level and number
	heads      []string
	read       int                   // hashes that were read
	fault      func(at string) error // asked before and after each Integrate
	integrate  func()                // called when a batch is kept
}

var errFault = errors.New("fault on purpose")

func (m *memory) InsertEvent(_ context.Context, e core.Event, leaf, opening string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ids, m.leaves, m.openings = append(m.ids, e.ID), append(m.leaves, leaf), append(m.openings, opening)
	return nil
}

func (m *memory) Size(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.integrated)), nil
}

func (m *memory) Pending(_ context.Context, limit int) ([]core.AuditPending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := len(m.integrated)
	to := min(len(m.ids), from+limit)
	var out []core.AuditPending
	for i := from; i < to; i++ {
		out = append(out, core.AuditPending{ID: m.ids[i], Leaf: m.leaves[i]})
	}
	return out, nil
}

func (m *memory) Nodes(_ context.Context, level int, first int64, n int) ([][32]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.read += n
	if level == 0 {
		if first+int64(n) > int64(len(m.hashes)) {
			return nil, fmt.Errorf("no leaves %d to %d", first, first+int64(n))
		}
		return m.hashes[first : first+int64(n)], nil
	}
	out := make([][32]byte, n)
	for i := range out {
		h, ok := m.nodes[[2]int64{int64(level), first + int64(i)}]
		if !ok {
			return nil, fmt.Errorf("no node %d of level %d", first+int64(i), level)
		}
		out[i] = h
	}
	return out, nil
}

func (m *memory) Checkpoint(context.Context) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.heads) == 0 {
		return "", nil
	}
	return m.heads[len(m.heads)-1], nil
}

func (m *memory) Integrate(_ context.Context, b core.AuditBatch) error {
	if err := m.fails("before"); err != nil {
		return err
	}
	m.mu.Lock()
	size, count := len(m.integrated), len(m.hashes)
	if int64(size) != b.First {
		m.mu.Unlock()
		return core.Errorf(core.Conflict, "size is %d, not %d", size, b.First)
	}
	if size != count || len(b.Events) != len(b.Leaves) {
		m.mu.Unlock()
		return fmt.Errorf("%d leaves of %d events after %d of %d", len(b.Leaves), len(b.Events), count, size)
	}
	for _, e := range b.Events {
		m.integrated = append(m.integrated, e.ID)
	}
	m.hashes = append(m.hashes, b.Leaves...)
	for _, n := range b.Nodes {
		if m.nodes == nil {
			m.nodes = map[[2]int64][32]byte{}
		}
		m.nodes[[2]int64{int64(n.Level), n.N}] = n.Hash
	}
	m.heads = append(m.heads, b.Checkpoint)
	m.mu.Unlock()
	if m.integrate != nil {
		m.integrate()
	}
	return m.fails("after")
}

func (m *memory) fails(at string) error {
	m.mu.Lock()
	fault := m.fault
	m.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(at)
}

func (m *memory) Leaves(_ context.Context, first int64, n int) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if first+int64(n) > int64(len(m.integrated)) {
		return nil, errors.New("no such leaves")
	}
	return m.leaves[first : first+int64(n)], nil
}

func (m *memory) IndexOf(_ context.Context, event core.ID) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, id := range m.integrated {
		if id == event {
			return int64(i), nil
		}
	}
	return 0, core.Errorf(core.NotFound, "no event %s", event)
}

// keys is a fresh key of a test log.
type keys struct {
	signer   note.Signer
	verifier note.Verifier
	vkey     string
}

func newKeys(t testing.TB) keys {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, "log.test/one")
	check(t, err)
	signer, err := note.NewSigner(skey)
	check(t, err)
	verifier, err := note.NewVerifier(vkey)
	check(t, err)
	return keys{signer, verifier, vkey}
}

type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }

// add appends n events; they stay pending.
func add(t testing.TB, m *memory, n int) {
	t.Helper()
	log := audit.NewLog(m, fixedClock{}, core.IDs{}, rand.Reader)
	for i := range n {
		check(t, log.Append(context.Background(), core.Event{Action: "test.event", Actor: core.System("test"), Target: fmt.Sprint(i), Code: "ok"}))
	}
}

func sequencer(m *memory, k keys, ticks <-chan time.Time) *audit.Sequencer {
	return audit.NewSequencer(m, k.signer, k.verifier, ticks, slog.New(slog.DiscardHandler))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, core.AsError(err).Err)
	}
}
