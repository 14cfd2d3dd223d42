package audit_test

import (
	"math/rand/v2"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// TestProofsOfRandomTrees: for trees of 0 to 600 leaves, grown in random
// steps, each proof verifies against x/mod's own checks and nothing else does.
func TestProofsOfRandomTrees(t *testing.T) {
	k := newKeys(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 25 {
		m := &memory{}
		want := random.IntN(601)
		for grown := 0; grown < want; {
			n := min(1+random.IntN(200), want-grown)
			add(t, m, n)
			grown += n
			_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
			check(t, err)
		}
		size, _ := m.Size(t.Context())
		if size != int64(want) {
			t.Fatalf("%d leaves, want %d", size, want)
		}
		r := audit.NewReader(m, k.verifier)
		if want == 0 {
			if _, _, err := r.Checkpoint(t.Context()); core.CodeOf(err) != core.NotFound {
				t.Fatal(err)
			}
			continue
		}
		_, head, err := r.Checkpoint(t.Context())
		check(t, err)
		for range 20 {
			inclusion(t, m, r, k, head, random.IntN(want))
			consistency(t, m, r, head, random)
		}
	}
}

func inclusion(t *testing.T, m *memory, r *audit.Reader, k keys, head audit.Checkpoint, i int) {
	t.Helper()
	p, err := r.ProveEvent(t.Context(), m.ids[i])
	check(t, err)
	check(t, tlog.CheckRecord(tlog.RecordProof(p.Hashes), head.Size, head.Root, int64(i), tlog.RecordHash([]byte(m.leaves[i]))))
	back, err := audit.ParseProof(p.String())
	check(t, err)
	if back.String() != p.String() {
		t.Fatalf("%q\n%q", back, p)
	}
	got, err := back.Verify([]byte(m.leaves[i]), k.verifier)
	check(t, err)
	if got != head {
		t.Fatal(got, head)
	}
	if _, err := back.Verify([]byte(m.leaves[i]+" "), k.verifier); core.CodeOf(err) != core.Unreadable {
		t.Fatal("a changed leaf was accepted:", err)
	}
	if back.Index++; head.Size > 1 {
		if _, err := back.Verify([]byte(m.leaves[i]), k.verifier); core.CodeOf(err) != core.Unreadable {
			t.Fatal("another index was accepted:", err)
		}
	}
	back.Index--
	if _, err := back.Verify([]byte(m.leaves[i]), newKeys(t).verifier); core.CodeOf(err) != core.Unreadable {
		t.Fatal("another key was accepted:", err)
	}
}

func consistency(t *testing.T, m *memory, r *audit.Reader, head audit.Checkpoint, random *rand.Rand) {
	t.Helper()
	old := 1 + random.Int64N(head.Size)
	proof, err := r.ProveConsistency(t.Context(), old, head.Size)
	check(t, err)
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		stored, err := m.Hashes(t.Context(), indexes)
		for _, h := range stored {
			out = append(out, h)
		}
		return out, err
	})
	before, err := tlog.TreeHash(old, read)
	check(t, err)
	check(t, tlog.CheckTree(tlog.TreeProof(proof), head.Size, head.Root, old, before))
	if _, err := r.ProveConsistency(t.Context(), head.Size+1, head.Size+1); core.CodeOf(err) != core.Invalid {
		t.Fatal(err)
	}
}

// FuzzProof: the parser accepts one spelling only.
func FuzzProof(f *testing.F) {
	k, m := newKeys(f), &memory{}
	add(f, m, 5)
	_, err := sequencer(m, k, nil).IntegrateNow(f.Context())
	check(f, err)
	p, err := audit.NewReader(m, k.verifier).ProveEvent(f.Context(), m.ids[3])
	check(f, err)
	f.Add(p.String())
	p.Extra = []byte("extra")
	f.Add(p.String())
	f.Add("c2sp.org/tlog-proof@v1\nindex 0\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := audit.ParseProof(text)
		if err != nil {
			return
		}
		if p.String() != text {
			t.Fatalf("%q is written as %q", text, p.String())
		}
		if _, err := p.Verify([]byte("no leaf of this log"), k.verifier); err == nil {
			t.Fatal("proved something that was never logged")
		}
		_, _ = audit.OpenCheckpoint(text, k.verifier)
	})
}
