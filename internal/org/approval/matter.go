package approval

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Matter is one request in the light of a Look: who may answer it, which answers
// count, and what state it is in. It is never changed.
type Matter struct {
	*Look
	Req     core.ApprovalRequest // as it is kept, with its answers
	app     core.App
	members map[core.Role][]core.ID // of the groups that are asked
	certs   map[core.ID]map[string]int64
}

// Matter looks at one request, which must be as the store has it.
func (l *Look) Matter(ctx context.Context, r core.ApprovalRequest) (*Matter, error) {
	m := &Matter{Look: l, Req: r, members: map[core.Role][]core.ID{}, certs: map[core.ID]map[string]int64{}}
	for _, n := range r.Needs {
		if provider, group, ok := n.Role.Group(); ok && l.a.Members != nil {
			ids, err := l.a.Members(ctx, provider, group)
			if err != nil {
				return nil, err
			}
			m.members[n.Role] = ids
		}
		if n.Role == core.RoleOwner && r.AppID != "" {
			app, err := l.a.store.App(ctx, r.AppID)
			if err != nil && core.CodeOf(err) != core.NotFound {
				return nil, err
			}
			m.app = app
		}
	}
	return m, m.certificates(ctx)
}

// certificates reads those of everybody who might need one.
func (m *Matter) certificates(ctx context.Context) error {
	for _, n := range m.Req.Needs {
		if n.Certification == "" {
			continue
		}
		for _, p := range m.people {
			if _, have := m.certs[p.ID]; have || p.Disabled || !m.is(p, n.Role) && !m.replaces(p, n) && !m.delegated(p.ID) {
				continue
			}
			held, err := m.a.store.Certificates(ctx, p.ID)
			if err != nil {
				return err
			}
			m.certs[p.ID] = held
		}
	}
	return nil
}

// is reports whether somebody is an approver of a kind.
func (m *Matter) is(p core.Person, role core.Role) bool {
	switch _, _, group := role.Group(); {
	case group:
		return slices.Contains(m.members[role], p.ID)
	case role == core.RoleOwner:
		return m.app.ID != "" && authz.Owns(p, m.app)
	}
	return p.Has(role) && authz.Can(p, authz.ApprovalAnswer, nil) == nil
}

// replaces reports whether the rule names somebody to answer once it is overdue.
func (m *Matter) replaces(p core.Person, n core.Need) bool {
	if role := core.Role(n.EscalateTo); role.Valid() {
		return m.is(p, role)
	}
	return n.EscalateTo != "" && strings.EqualFold(n.EscalateTo, p.Email)
}

func (m *Matter) delegated(p core.ID) bool {
	return slices.ContainsFunc(m.absences, func(d core.Delegation) bool { return d.Delegate == p && d.InForce(m.now) })
}

// missing returns the first course of a need that somebody lacks a certificate of.
func (m *Matter) missing(p core.ID, n core.Need) string {
	for _, c := range n.Certifications() {
		if until, ok := m.certs[p][c]; !ok || until != 0 && m.now >= until {
			return c
		}
	}
	return ""
}

// Overdue reports whether a need has waited too long. It is read from the time.
func (m *Matter) Overdue(n core.Need) bool {
	at := n.Overdue(m.Req.Created)
	return at != 0 && m.now >= at && m.left(n) > 0
}

// right is why somebody may answer for a need.
type right struct {
	basis core.Basis
	of    core.ID // whose delegate they are
}

// may says by what right somebody may answer for a need, leaving aside four eyes;
// or, if by none, what they lack, which is empty if it has nothing to do with them.
func (m *Matter) may(p core.Person, n core.Need) (r right, ok bool, lack string) {
	if p.Disabled || p.Has(core.RoleAuditor) { // auditors only read
		return right{}, false, ""
	}
	course := m.missing(p.ID, n)
	needs := "the certificate of the course " + course
	if m.is(p, n.Role) {
		if course == "" {
			return right{basis: basisOf(n.Role)}, true, ""
		}
		lack = needs
	}
	if m.Overdue(n) && m.replaces(p, n) {
		if course == "" {
			return right{basis: core.ByEscalation}, true, ""
		}
		lack = needs
	}
	for _, d := range m.absences {
		if d.Delegate != p.ID || !d.InForce(m.now) || lack != "" || !m.stands(d.Person, n) {
			continue
		}
		switch {
		case n.DelegateRole == "":
			lack = "the role " + string(n.Role) + ", which a delegate needs too"
		case !m.is(p, n.DelegateRole):
			lack = "the role " + string(n.DelegateRole) + ", which a delegate needs"
		case course != "":
			lack = needs
		default:
			return right{core.ByDelegation, d.Person}, true, ""
		}
	}
	return right{}, false, lack
}

// stands reports whether somebody absent could answer for a need by themselves, so
// that a delegate can in their place. It does not look at their own delegations: a
// right that was handed on is not handed on again.
func (m *Matter) stands(id core.ID, n core.Need) bool {
	p, ok := m.byID[id]
	return ok && !p.Disabled && m.is(p, n.Role) && m.missing(id, n) == "" && m.barrier(id, m.now) == nil && !m.spoke(id)
}

func basisOf(role core.Role) core.Basis {
	switch _, _, group := role.Group(); {
	case group:
		return core.ByGroup
	case role == core.RoleOwner:
		return core.ByOwnership
	}
	return core.ByRole
}

// spoke reports whether a human has answered, with whatever account, or somebody
// has in their place.
func (m *Matter) spoke(id core.ID) bool {
	return slices.ContainsFunc(m.Req.Approvals, func(x core.Approval) bool {
		return m.humans.Same(x.Approver, id) || m.humans.Same(x.For, id)
	})
}
