package core

import (
	"cmp"
	"slices"
	"strings"
)

// Approvers that are no role of a person: the owner or a co-owner of the app in
// question, and the people of a group at a sign-in provider ("group:PROVIDER/NAME").
const (
	RoleOwner   Role   = "owner"
	groupPrefix string = "group:"
)

// Group returns the group that an approver of the form group:PROVIDER/NAME names.
func (r Role) Group() (provider, name string, ok bool) {
	rest, ok := strings.CutPrefix(string(r), groupPrefix)
	if !ok {
		return "", "", false
	}
	provider, name, _ = strings.Cut(rest, "/")
	return provider, name, provider != "" && name != ""
}

// Approver reports whether r can be asked for an approval: a role, the owner, or
// a group.
func (r Role) Approver() bool {
	_, _, group := r.Group()
	return r.Valid() || r == RoleOwner || group
}

// Need is an approval that somebody has to give. What is left out asks for
// nothing more than one yes. Needs are compared with ==.
type Need struct {
	Role   Role   `json:"role" doc:"A role, owner, or group:PROVIDER/NAME."`
	Reason string `json:"reason"`

	Quorum        int    `json:"quorum,omitempty" doc:"How many different people must say yes; 1 if left out."`
	Certification string `json:"certification,omitempty" doc:"A course whose certificate the approver must hold at the answer; several are parted by blanks."`
	WithinHours   int    `json:"within_hours,omitempty" doc:"Hours after which the request is overdue."`
	EscalateTo    string `json:"escalate_to,omitempty" doc:"A role, or the e-mail of a person, who may answer too once it is overdue."`
	StepUp        bool   `json:"step_up,omitempty" doc:"The approver must have signed in again a moment ago."`
	DelegateRole  Role   `json:"delegate_role,omitempty" doc:"A role whose holders may answer as the delegate of somebody absent. Without it a delegate must be an approver by themselves."`
}

// Count is how many different people must say yes: at least 1.
func (n Need) Count() int { return max(1, n.Quorum) }

// Certifications lists the courses that an approver must have passed.
func (n Need) Certifications() []string { return strings.Fields(n.Certification) }

// Overdue is the moment from which the need is overdue, when it was asked for at
// a moment; 0 if it never is.
func (n Need) Overdue(asked int64) int64 {
	if n.WithinHours <= 0 {
		return 0
	}
	return asked + int64(n.WithinHours)*3600*1e6
}

// With returns a need for one role that is as strict as both: whoever meets it
// meets either. The reasons are the caller's to join.
func (n Need) With(o Need) Need {
	n.Quorum = max(n.Quorum, o.Quorum)
	courses := append(n.Certifications(), o.Certifications()...)
	slices.Sort(courses)
	n.Certification = strings.Join(slices.Compact(courses), " ")
	if n.WithinHours == 0 || o.WithinHours > 0 && o.WithinHours < n.WithinHours {
		n.WithinHours = o.WithinHours
	}
	if n.EscalateTo != o.EscalateTo { // who lets nobody else answer, is right
		n.EscalateTo = ""
	}
	if n.DelegateRole != o.DelegateRole {
		n.DelegateRole = ""
	}
	n.StepUp = n.StepUp || o.StepUp
	return n
}

// Covers reports whether an answer to n is one to o too: the same approver, on
// terms that are as strict.
func (n Need) Covers(o Need) bool {
	for _, c := range o.Certifications() {
		if !slices.Contains(n.Certifications(), c) {
			return false
		}
	}
	return n.Role == o.Role && n.Count() >= o.Count() && (n.StepUp || !o.StepUp) &&
		(n.EscalateTo == "" || n.EscalateTo == o.EscalateTo) && (n.DelegateRole == "" || n.DelegateRole == o.DelegateRole)
}

// Covered reports whether every need is covered by one that was asked for.
func Covered(asked, needed []Need) bool {
	return !slices.ContainsFunc(needed, func(n Need) bool {
		return !slices.ContainsFunc(asked, func(a Need) bool { return a.Covers(n) })
	})
}

// CompareRoles orders approvers: roles as Roles does, then the owner, then groups.
func CompareRoles(a, b Role) int {
	rank := func(r Role) int {
		if i := slices.Index(Roles, r); i >= 0 {
			return i
		}
		if r == RoleOwner {
			return len(Roles)
		}
		return len(Roles) + 1
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}
