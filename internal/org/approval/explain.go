package approval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Progress is how far one need is.
type Progress struct {
	Need    core.Need
	Have    int // answers that count
	Due     int64
	Overdue bool
	Answers []Given
}

// Given is an answer, and whether it counts.
type Given struct {
	core.Approval
	Counts bool
}

// Progress says of each need how far it is.
func (m *Matter) Progress() []Progress {
	counted := m.counted()
	var out []Progress
	for _, n := range m.Req.Needs {
		p := Progress{Need: n, Due: n.Overdue(m.Req.Created), Overdue: m.Overdue(n) && m.State() == core.ApprovalPending}
		for _, x := range m.Req.Approvals {
			if x.Role != n.Role {
				continue
			}
			counts := slices.ContainsFunc(counted, func(c core.Approval) bool { return c.ID == x.ID })
			p.Answers = append(p.Answers, Given{x, counts || !x.Yes})
			if counts {
				p.Have++
			}
		}
		out = append(out, p)
	}
	return out
}

// WhyYou says in plain words why somebody may answer; "" if they may not.
func (m *Matter) WhyYou(p core.Person) string {
	if m.CanAnswer(p) != nil {
		return ""
	}
	n, r := m.pick(p)
	return "You are asked because you " + m.because(n, r, "hold", "own", "are") + "."
}

// because says by what right somebody may answer, with the verbs for you or them.
func (m *Matter) because(n core.Need, r right, hold, own, are string) string {
	var s string
	switch r.basis {
	case core.ByOwnership:
		s = own + " the app, alone or with others"
	case core.ByGroup:
		s = are + " in the group " + strings.TrimPrefix(string(n.Role), "group:")
	case core.ByDelegation:
		s = are + " the delegate of " + m.named(r.of) + ", who is away, and " + hold + " the role " + string(n.DelegateRole)
	case core.ByEscalation:
		s = are + " named by the rule for when nobody with the role " + string(n.Role) + " answers in time"
		if role := core.Role(n.EscalateTo); role.Valid() {
			s = hold + " the role " + n.EscalateTo + ", which the rule names for when nobody with the role " + string(n.Role) + " answers in time"
		}
	default:
		s = hold + " the role " + string(n.Role)
	}
	if n.Certification != "" {
		s += ", with the course " + strings.Join(n.Certifications(), " and ")
	}
	return s
}

// Explained says why these people are asked, and why others are not.
type Explained struct {
	State core.ApprovalState
	Needs []ExplainedNeed
	Kept  []Reasoned // whom the request keeps out
}

// ExplainedNeed is one need, and everybody who has to do with it.
type ExplainedNeed struct {
	Progress
	May   []Reasoned // who may answer now
	Lacks []Reasoned // who would be asked, but lacks something
}

// Reasoned is a person with the reason in plain words, a half sentence that follows
// their name.
type Reasoned struct {
	Person core.ID
	Basis  core.Basis
	Why    string
}

// Explain says why these people are asked.
func (m *Matter) Explain() Explained {
	out := Explained{State: m.State()}
	kept := m.kept()
	touched := map[core.ID]bool{}
	for _, p := range m.Progress() {
		e := ExplainedNeed{Progress: p}
		for _, who := range m.people {
			r, ok, lack := m.may(who, p.Need)
			if !ok && lack == "" {
				continue
			}
			touched[who.ID] = true
			switch {
			case m.barrier(who.ID, m.now) != nil:
			case m.spoke(who.ID):
				e.Lacks = append(e.Lacks, Reasoned{who.ID, "", "has answered this request, or somebody has in their place"})
			case !ok:
				e.Lacks = append(e.Lacks, Reasoned{who.ID, "", "lacks " + lack})
			default:
				why := m.because(p.Need, r, "holds", "owns", "is")
				if d, away := m.away(who.ID); away {
					why += fmt.Sprintf("; away until %s, so not told", day(d.Until))
				}
				e.May = append(e.May, Reasoned{who.ID, r.basis, why})
			}
		}
		out.Needs = append(out.Needs, e)
	}
	for _, who := range m.people {
		if !touched[who.ID] && !slices.Contains(kept, who.ID) {
			continue
		}
		if b := m.barrier(who.ID, m.now); b != nil {
			out.Kept = append(out.Kept, Reasoned{who.ID, "", m.keptBecause(*b)})
		}
	}
	return out
}

func (m *Matter) keptBecause(b Barrier) string {
	switch b.Kind {
	case Asked:
		return "asked for this"
	case SecondSelf:
		return "counts as the same human as " + m.named(b.Of) + m.linkReason(b.Of)
	case Deputy:
		return "is or was the delegate of " + m.named(b.Of)
	case Principal:
		return "is or was represented by " + m.named(b.Of)
	case KnownAs:
		return "is known by an address that this was written under"
	}
	return "worked on this"
}

// linkReason says why accounts count as one human's, if that is only proposed.
func (m *Matter) linkReason(id core.ID) string {
	for _, l := range m.links {
		if (l.A == id || l.B == id) && l.State == core.SameProposed {
			return " (" + strings.TrimSuffix(l.Reason, ".") + ")"
		}
	}
	return ""
}
