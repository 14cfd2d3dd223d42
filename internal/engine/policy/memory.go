package policy

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// How much a set of policies remembers: at most 64 MiB of answers, in practice
// a few.
const (
	maxRemembered = 1 << 14 // answers of parts
	maxGates      = 1 << 12 // answers of gates
	maxAnswer     = 3 << 10 // bytes of one answer's texts; longer ones are not kept
)

// memory keeps answers by what they depend on. The least used are forgotten.
type memory struct {
	parts  *lru.Cache[projection.Key, partial]
	guards *lru.Cache[projection.Key, bool]
	gates  *lru.Cache[projection.Key, said]
}

func newMemory() *memory {
	parts, err := lru.New[projection.Key, partial](maxRemembered)
	guards, err2 := lru.New[projection.Key, bool](maxRemembered)
	gates, err3 := lru.New[projection.Key, said](maxGates)
	if err != nil || err2 != nil || err3 != nil {
		panic("policy: a memory needs room for at least one answer")
	}
	return &memory{parts, guards, gates}
}

// keepPart remembers the answer of a part, unless it failed or is long.
func (m *memory) keepPart(key projection.Key, p partial) {
	if !p.broken && size(p.verdicts) <= maxAnswer {
		m.parts.Add(key, p)
	}
}

// keepGate remembers the answer of a gate, unless it failed or is long.
func (m *memory) keepGate(key projection.Key, s said) {
	if !s.broken && size(s.verdicts) <= maxAnswer {
		m.gates.Add(key, s)
	}
}

func size(v core.Verdicts) (n int) {
	for _, list := range [][]core.Reason{v.Deny, v.Warn} {
		for _, r := range list {
			n += len(r.Code) + len(r.Message) + len(r.Fix) + len(r.Path)
		}
	}
	for _, need := range v.Approve {
		n += len(need.Reason)
	}
	return n
}
