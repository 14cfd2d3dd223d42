package approval

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// counted lists the answers that count: a yes to the request's digest, by an account
// that is not kept out, one for each human, and no more than a need asks for. Who
// answered as a delegate has spoken for both. An answer of somebody who was switched
// off since counts no more, and one that was given in their place.
func (m *Matter) counted() []core.Approval {
	spoken, have := map[core.ID]bool{}, map[core.Role]int{}
	var out []core.Approval
	for _, x := range m.Req.Approvals {
		i := slices.IndexFunc(m.Req.Needs, func(n core.Need) bool { return n.Role == x.Role })
		if i < 0 || !x.Yes || x.Digest != m.Req.Digest || x.Approver == "" || m.goneFrom(x.Approver) || m.goneFrom(x.For) || m.barrier(x.Approver, x.At) != nil || x.For != "" && m.barrier(x.For, x.At) != nil {
			continue
		}
		voices := []core.ID{m.humans.Of(x.Approver)}
		if x.For != "" {
			voices = append(voices, m.humans.Of(x.For))
		}
		if slices.ContainsFunc(voices, func(v core.ID) bool { return spoken[v] }) || have[x.Role] >= m.Req.Needs[i].Count() {
			continue
		}
		for _, v := range voices {
			spoken[v] = true
		}
		have[x.Role]++
		out = append(out, x)
	}
	return out
}

// goneFrom reports whether an account is switched off.
func (m *Matter) goneFrom(id core.ID) bool { return m.byID[id].Disabled }

// left is how many people still have to say yes for a need.
func (m *Matter) left(n core.Need) int {
	have := 0
	for _, x := range m.counted() {
		if x.Role == n.Role {
			have++
		}
	}
	return max(0, n.Count()-have)
}

// waiting lists the needs that are not met, once for each yes that they lack.
func (m *Matter) waiting() []core.Need {
	var out []core.Need
	for _, n := range m.Req.Needs {
		for range m.left(n) {
			out = append(out, n)
		}
	}
	return out
}

// State is the state of the request at this moment. Time ends pending and granted
// requests; a grant that its answers do not bear out counts as pending, so neither
// a damaged record nor a second account that comes to light opens a gate.
func (m *Matter) State() core.ApprovalState {
	alive := m.Req.State == core.ApprovalPending || m.Req.State == core.ApprovalGranted
	switch {
	case alive && m.now >= m.Req.Expires:
		return core.ApprovalExpired
	case m.Req.State == core.ApprovalGranted && !m.borneOut():
		return core.ApprovalPending
	}
	return m.Req.State
}

func (m *Matter) borneOut() bool {
	return len(m.Req.Needs) > 0 && len(m.waiting()) == 0 && !slices.ContainsFunc(m.Req.Approvals, func(x core.Approval) bool { return !x.Yes })
}
