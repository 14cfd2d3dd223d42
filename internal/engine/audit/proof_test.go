package audit_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
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
	before := rootOf(t, m.leaves[:old])
	check(t, tlog.CheckTree(tlog.TreeProof(proof), head.Size, head.Root, old, before))
	if _, err := r.ProveConsistency(t.Context(), head.Size+1, head.Size+1); core.CodeOf(err) != core.Invalid {
		t.Fatal(err)
	}
}

// rootOf hashes leaves without the code under test.
func rootOf(t *testing.T, leaves []string) tlog.Hash {
	t.Helper()
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) (out []tlog.Hash, err error) {
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, leaf := range leaves {
		hashes, err := tlog.StoredHashes(int64(i), []byte(leaf), read)
		check(t, err)
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(leaves)), read)
	check(t, err)
	return root
}

// TestDamageIsNotProved: a proof is never made from stored hashes that do not
// lead to the signed root.
func TestDamageIsNotProved(t *testing.T) {
	k := newKeys(t)
	for name, damage := range map[string]func(m *memory){
		"leaf":       func(m *memory) { m.hashes[3][0] ^= 1 },
		"node":       func(m *memory) { m.nodes[[2]int64{1, 1}] = [32]byte{1} },
		"swapped":    func(m *memory) { m.hashes[4], m.hashes[5] = m.hashes[5], m.hashes[4] },
		"other leaf": func(m *memory) { m.hashes[200] = m.hashes[201] },
	} {
		m := &memory{}
		add(t, m, 700)
		_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
		check(t, err)
		r := audit.NewReader(m, k.verifier)
		_, err = r.ProveEvent(t.Context(), m.ids[5])
		check(t, err)
		damage(m)
		if p, err := r.ProveEvent(t.Context(), m.ids[5]); core.CodeOf(err) != core.Internal || !strings.Contains(err.Error(), "does not match its checkpoint") {
			t.Errorf("%s: %v, %v", name, p.Index, err)
		}
		add(t, m, 1)
		if _, err := sequencer(m, k, nil).IntegrateNow(t.Context()); name == "node" && err == nil {
			t.Errorf("%s: the tree was extended", name)
		}
	}
}

// TestGrowth: what is stored beside the leaves, the hashes of a proof and the
// rows read for one grow with the logarithm of the log.
func TestGrowth(t *testing.T) {
	k, m := newKeys(t), &memory{}
	for _, size := range []int{100, 1_000, 10_000, 70_000} {
		for i := len(m.ids); i < size; i++ {
			m.ids, m.leaves = append(m.ids, core.ID(fmt.Sprint(i))), append(m.leaves, fmt.Sprint("leaf ", i))
		}
		_, err := sequencer(m, k, nil).IntegrateNow(t.Context())
		check(t, err)
		if want := size/256 + size/65536; len(m.nodes) != want {
			t.Errorf("%d leaves: %d nodes are stored, want %d", size, len(m.nodes), want)
		}
		m.read = 0
		p, err := audit.NewReader(m, k.verifier).ProveEvent(t.Context(), m.ids[size/3])
		check(t, err)
		levels := (bits.Len(uint(size-1)) + 7) / 8
		if len(p.Hashes) > bits.Len(uint(size-1)) || m.read > 2*levels*256 {
			t.Errorf("%d leaves: a proof of %d hashes from %d rows", size, len(p.Hashes), m.read)
		}
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
