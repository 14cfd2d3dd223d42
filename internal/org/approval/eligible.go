package approval

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// WhyNot says why somebody cannot answer, leaving the request's state aside; nil
// if they can.
func (m *Matter) WhyNot(p core.Person) error {
	waiting := m.waiting()
	if b := m.barrier(p.ID, m.now); b != nil {
		return core.Errorf(core.Forbidden, "%s", m.barred(*b)).Hinted("Ask somebody else with the role %s.", roles(waiting))
	}
	if p.ID == "" || p.Disabled {
		return authz.Can(p, authz.ApprovalAnswer, nil)
	}
	if m.spoke(p.ID) {
		return core.Errorf(core.Conflict, "You have answered this already.").Hinted("One human answers once. Ask somebody with the role %s.", roles(waiting))
	}
	lacks := ""
	for _, n := range waiting {
		_, ok, lack := m.may(p, n)
		if ok {
			return nil
		}
		if lacks == "" {
			lacks = lack
		}
	}
	if lacks != "" {
		return core.Errorf(core.Forbidden, "You lack %s.", lacks).Hinted("Get it, or leave the answer to somebody who has it.")
	}
	if err := authz.Can(p, authz.ApprovalAnswer, nil); err != nil && !m.ownersAsked() {
		return err
	}
	return core.Errorf(core.Forbidden, "This waits for the role %s, which you do not hold.", roles(waiting)).Hinted("Leave it to somebody with that role.")
}

func (m *Matter) ownersAsked() bool {
	return slices.ContainsFunc(m.Req.Needs, func(n core.Need) bool { return n.Role == core.RoleOwner })
}

// barred says in plain words why an account is kept out.
func (m *Matter) barred(b Barrier) string {
	switch b.Kind {
	case Asked:
		return "You asked for this, so somebody else has to answer."
	case SecondSelf:
		return "You and " + m.named(b.Of) + " count as one human, and that account asked for this or worked on it."
	case Deputy:
		return "You are, or were, the delegate of " + m.named(b.Of) + ", who asked for this or worked on it."
	case Principal:
		return m.named(b.Of) + ", who asked for this or worked on it, is or was your delegate."
	case KnownAs:
		return "An address of yours is one that this was written under."
	}
	return "You worked on this, so somebody else has to answer."
}

// Eligible lists the accounts that could answer now, one for each human.
func (m *Matter) Eligible() []core.Person {
	var out []core.Person
	seen := map[core.ID]bool{}
	for _, p := range m.people {
		if h := m.humans.Of(p.ID); !seen[h] && m.WhyNot(p) == nil {
			seen[h] = true
			out = append(out, p)
		}
	}
	return out
}

// able lists, for each human who could answer and is there, for which needs.
func (m *Matter) able() map[core.ID][]core.Role {
	out := map[core.ID][]core.Role{}
	for _, p := range m.people {
		if _, away := m.away(p.ID); away || m.WhyNot(p) != nil {
			continue
		}
		for _, n := range m.Req.Needs {
			if _, ok, _ := m.may(p, n); ok {
				h := m.humans.Of(p.ID)
				out[h] = append(out[h], n.Role)
			}
		}
	}
	return out
}

// unmet returns the needs that stay open even if people share them out as well as
// they can, each human meeting at most one (a largest matching, by augmenting paths).
func unmet(needs []core.Need, able map[core.ID][]core.Role) []core.Need {
	holder := map[core.ID]int{} // human -> need
	var place func(need int, tried map[core.ID]bool) bool
	place = func(need int, tried map[core.ID]bool) bool {
		for h, roles := range able {
			if tried[h] || !slices.Contains(roles, needs[need].Role) {
				continue
			}
			tried[h] = true
			if other, taken := holder[h]; !taken || place(other, tried) {
				holder[h] = need
				return true
			}
		}
		return false
	}
	var left []core.Need
	for i, n := range needs {
		if !place(i, map[core.ID]bool{}) {
			left = append(left, n)
		}
	}
	return left
}

// pick chooses the need that p answers for: one that leaves the others something
// they can meet, else the first that p may answer for.
func (m *Matter) pick(p core.Person) (core.Need, right) {
	waiting, able := m.waiting(), m.able()
	delete(able, m.humans.Of(p.ID))
	var first core.Need
	var by right
	for i, n := range waiting {
		r, ok, _ := m.may(p, n)
		if !ok {
			continue
		}
		if len(unmet(slices.Delete(slices.Clone(waiting), i, i+1), able)) == 0 {
			return n, r
		}
		if first.Role == "" {
			first, by = n, r
		}
	}
	return first, by
}

// Covers reports whether r asks for every one of the needs, on terms as strict.
func Covers(r core.ApprovalRequest, needs []core.Need) bool { return core.Covered(r.Needs, needs) }

func roles(needs []core.Need) string {
	var s []string
	for _, n := range needs {
		if !slices.Contains(s, string(n.Role)) {
			s = append(s, string(n.Role))
		}
	}
	return strings.Join(s, ", ")
}
