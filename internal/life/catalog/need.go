package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// Need is one approval, and on what terms it counts.
type Need struct {
	Role          core.Role `yaml:"role" required:"true" doc:"Who is asked: a role (platform, security, data-owner, privacy, finance), owner (the app's owner or a co-owner), or group:PROVIDER/NAME."`
	Reason        string    `yaml:"reason" prose:"true" required:"true" doc:"Why, in words that the maker and the approver read."`
	Quorum        int       `yaml:"quorum" doc:"How many different people must say yes. Default 1."`
	Certification string    `yaml:"certification" doc:"A course that the approver must have passed, and whose certificate is still valid."`
	WithinHours   int       `yaml:"within_hours" doc:"Hours after which an open request is overdue. Left out: never."`
	EscalateTo    string    `yaml:"escalate_to" doc:"A role, or the e-mail of a person, who may answer too once the request is overdue."`
	StepUp        bool      `yaml:"step_up" doc:"The approver must have signed in again a moment ago."`
	DelegateRole  core.Role `yaml:"delegate_role" enum:"platform,security,data-owner,privacy,finance" doc:"A role whose holders may answer as the delegate of somebody absent. Left out: a delegate must be an approver by themselves."`
}

// need returns what gates know of it.
func (n Need) need() core.Need {
	out := core.Need{Role: n.Role, Reason: n.Reason, Quorum: n.Quorum, Certification: n.Certification, WithinHours: n.WithinHours,
		EscalateTo: n.EscalateTo, StepUp: n.StepUp, DelegateRole: n.DelegateRole}
	if out.Quorum == 1 {
		out.Quorum = 0
	}
	return out
}

func (n Need) fact(g core.Gate, c core.Classification) policy.OrgNeed {
	x := n.need()
	return policy.OrgNeed{Gate: g, Classification: c, Role: x.Role, Reason: x.Reason, Quorum: x.Quorum, Certification: x.Certification,
		WithinHours: x.WithinHours, EscalateTo: x.EscalateTo, StepUp: x.StepUp, DelegateRole: x.DelegateRole}
}

// check refuses what nobody could meet.
func (n Need) check(f *faults, key string) {
	roles := []string{"owner"}
	for _, r := range core.Roles {
		roles = append(roles, string(r))
	}
	if !n.Role.Approver() {
		f.add(key+".role", or(core.DidYouMean(string(n.Role), roles), "Use a role, owner, or group:PROVIDER/NAME."), "%q cannot be %q.", "role", clipped(string(n.Role)))
	}
	if n.Quorum < 0 || n.Quorum > policy.MaxQuorum {
		f.add(key+".quorum", fmt.Sprintf("Use a number from 1 to %d.", policy.MaxQuorum), "%d people cannot be asked for one approval.", n.Quorum)
	}
	if n.WithinHours < 0 || n.WithinHours > policy.MaxWithinHours {
		f.add(key+".within_hours", fmt.Sprintf("Use a number from 1 to %d.", policy.MaxWithinHours), "%q cannot be %d.", "within_hours", n.WithinHours)
	}
	if n.EscalateTo != "" && n.WithinHours == 0 {
		f.add(key+".escalate_to", "Add within_hours, for example 24.", "It is never overdue, so nobody is asked in its place.")
	}
	if e := n.EscalateTo; e != "" && !strings.Contains(e, "@") && (!core.Role(e).Valid() || core.Role(e) == core.RoleMaker || core.Role(e) == core.RoleAuditor) {
		f.add(key+".escalate_to", or(core.DidYouMean(e, roles[1:]), "Use a role that approves, or the e-mail of a person."), "Nobody can be asked as %q.", clipped(e))
	}
}

// needs calls fn for each need of the classifications, with its key.
func (c Classes) needs(fn func(key string, class core.Classification, g core.Gate, n Need)) {
	for _, x := range []struct {
		class core.Classification
		needs Class
	}{{core.Public, c.Public}, {core.InternalUse, c.Internal}, {core.Restricted, c.Restricted}, {core.PHI, c.PHI}} {
		for _, g := range []struct {
			gate  core.Gate
			needs []Need
		}{{core.GateAppCreate, x.needs.AppCreate}, {core.GateChangeMerge, x.needs.ChangeMerge}, {core.GateAppDeploy, x.needs.AppDeploy}, {core.GateAccessElevate, x.needs.Elevate}} {
			for i, n := range g.needs {
				fn(fmt.Sprintf("classifications.%s.%s.%d", x.class, g.gate, i), x.class, g.gate, n)
			}
		}
	}
}

// needPlace is where an approval of the settings stands.
type needPlace struct {
	gate  core.Gate
	class core.Classification
	role  core.Role
	place string
}

func (r *Revision) placeNeeds(doc *strict.Doc) {
	r.Settings.Classifications.needs(func(key string, c core.Classification, g core.Gate, n Need) {
		r.needPlaces = append(r.needPlaces, needPlace{g, c, n.Role, doc.Place(key)})
	})
}

// NeedPlaces says where paddock.yaml asks for an approval: path:line:column, in
// the order of the file. It is empty where the need is a policy's or a template's.
func (r *Revision) NeedPlaces(g core.Gate, c core.Classification, role core.Role) []string {
	var out []string
	for _, p := range r.needPlaces {
		if p.gate == g && p.class == c && p.role == role {
			out = append(out, p.place)
		}
	}
	return out
}

// checkCertifications refuses approvals that need a course that there is not.
func (r *Revision) checkCertifications(f *faults) {
	r.Settings.Classifications.needs(func(key string, _ core.Classification, _ core.Gate, n Need) {
		for _, c := range strings.Fields(n.Certification) {
			if _, ok := r.Courses[c]; !ok {
				var names []string
				for _, known := range r.CourseList() {
					names = append(names, known.Name)
				}
				slices.Sort(names)
				f.add(key+".certification", hintOneOf(c, names), "There is no course %q, so nobody could approve.", clipped(c))
			}
		}
	})
}
