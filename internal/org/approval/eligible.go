package approval

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// whyNot says why p cannot answer r, leaving r's state aside; nil if p can.
func whyNot(p core.Person, r core.ApprovalRequest) error {
	waiting := openNeeds(r)
	if p.ID == r.Requester {
		return core.Errorf(core.Forbidden, "You asked for this, so somebody else has to answer.").Hinted("Ask somebody with the role %s.", roles(waiting))
	}
	if slices.Contains(r.Excluded, p.ID) {
		return core.Errorf(core.Forbidden, "You worked on this, so somebody else has to answer.").Hinted("Ask somebody with the role %s.", roles(waiting))
	}
	if err := authz.Can(p, authz.ApprovalAnswer, nil); err != nil {
		return err
	}
	if slices.ContainsFunc(r.Approvals, func(a core.Approval) bool { return a.Approver == p.ID }) {
		return core.Errorf(core.Conflict, "You have answered this already.").Hinted("One person answers once. Ask somebody with the role %s.", roles(waiting))
	}
	if !slices.ContainsFunc(waiting, func(n core.Need) bool { return p.Has(n.Role) }) {
		return core.Errorf(core.Forbidden, "This waits for the role %s, which you do not hold.", roles(waiting)).Hinted("Leave it to somebody with that role.")
	}
	return nil
}

// eligible lists who could answer r now.
func eligible(all []core.Person, r core.ApprovalRequest) []core.Person {
	return slices.DeleteFunc(slices.Clone(all), func(p core.Person) bool { return whyNot(p, r) != nil })
}

// openNeeds lists the needs of r without an answer.
func openNeeds(r core.ApprovalRequest) []core.Need {
	return slices.DeleteFunc(slices.Clone(r.Needs), func(n core.Need) bool {
		return slices.ContainsFunc(r.Approvals, func(a core.Approval) bool { return a.Role == n.Role })
	})
}

// unmet returns the needs that stay open even if people share them out as well
// as they can, each meeting at most one (a largest matching, by augmenting paths).
func unmet(needs []core.Need, people []core.Person) []core.Need {
	holder := map[int]int{} // person -> need
	var place func(need int, tried map[int]bool) bool
	place = func(need int, tried map[int]bool) bool {
		for i, p := range people {
			if tried[i] || !p.Has(needs[need].Role) {
				continue
			}
			tried[i] = true
			if other, taken := holder[i]; !taken || place(other, tried) {
				holder[i] = need
				return true
			}
		}
		return false
	}
	var left []core.Need
	for i, n := range needs {
		if !place(i, map[int]bool{}) {
			left = append(left, n)
		}
	}
	return left
}

// pick chooses the need that p answers for: one that leaves the others
// something they can meet, else the first that p holds the role of.
func pick(p core.Person, r core.ApprovalRequest, all []core.Person) core.Role {
	waiting := openNeeds(r)
	others := slices.DeleteFunc(eligible(all, r), func(o core.Person) bool { return o.ID == p.ID })
	first := core.Role("")
	for i, n := range waiting {
		if !p.Has(n.Role) {
			continue
		}
		if len(unmet(slices.Delete(slices.Clone(waiting), i, i+1), others)) == 0 {
			return n.Role
		}
		if first == "" {
			first = n.Role
		}
	}
	return first
}

// Covers reports whether r asks for every one of the needs.
func Covers(r core.ApprovalRequest, needs []core.Need) bool {
	return !slices.ContainsFunc(needs, func(n core.Need) bool {
		return !slices.ContainsFunc(r.Needs, func(o core.Need) bool { return o.Role == n.Role })
	})
}
