package approval

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Barrier is why somebody is kept out of a request, whatever their roles.
type Barrier struct {
	Kind BarrierKind
	Of   core.ID // whom it comes from
}

// BarrierKind is a kind of barrier.
type BarrierKind string

// The kinds of barriers.
const (
	Asked      BarrierKind = "asked"
	Worked     BarrierKind = "worked"
	SecondSelf BarrierKind = "same human"
	Deputy     BarrierKind = "delegate of"
	Principal  BarrierKind = "represented by"
	KnownAs    BarrierKind = "address"
)

// barrier says why an account is kept out of the request at a moment; nil if it is
// not. Links between accounts count as they are known now; absences count from the
// moment of the request on, even if they were ended since.
func (m *Matter) barrier(id core.ID, at int64) *Barrier {
	if id == m.Req.Requester && id != "" {
		return &Barrier{Asked, id}
	}
	if slices.Contains(m.Req.Excluded, id) && !m.humans.Same(id, m.Req.Requester) {
		return &Barrier{Worked, id}
	}
	kept := m.kept()
	for _, k := range kept {
		if m.humans.Same(k, id) {
			return &Barrier{SecondSelf, k}
		}
	}
	for _, d := range m.absences {
		if d.Delegate == "" || !d.Touches(m.Req.Created, at) {
			continue
		}
		for _, k := range kept {
			switch {
			case m.humans.Same(d.Person, k) && m.humans.Same(d.Delegate, id):
				return &Barrier{Deputy, k}
			case m.humans.Same(d.Delegate, k) && m.humans.Same(d.Person, id):
				return &Barrier{Principal, k}
			}
		}
	}
	if m.marked(id) {
		return &Barrier{KnownAs, id}
	}
	return nil
}

// kept lists whom the request itself keeps out.
func (m *Matter) kept() []core.ID {
	if m.Req.Requester == "" {
		return m.Req.Excluded
	}
	return append([]core.ID{m.Req.Requester}, m.Req.Excluded...)
}

// marked reports whether a human is known by an address that is kept out.
func (m *Matter) marked(id core.ID) bool {
	if len(m.Req.Marks) == 0 {
		return false
	}
	for _, account := range m.humans.Accounts(id) {
		for _, email := range m.addresses[account] {
			if slices.Contains(m.Req.Marks, core.Mark(m.Req.ID, email)) {
				return true
			}
		}
	}
	return false
}
