package catalog

import (
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/attest/sigstore"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// Revision is the governance repository at one commit, read and checked. It
// never changes and is safe for concurrent use.
type Revision struct {
	ID           string // of the commit, as the caller named it
	Settings     Settings
	Groups       core.GroupRoles          // of the settings
	Templates    map[string]core.Template // by name
	Vendors      map[string]core.Vendor   // by name
	Courses      map[string]core.Course   // by name
	RegionGroups []core.RegionGroup       // of regions.yaml
	Policy       *policy.Set
	Exemptions   []Exemption      // from single rules, for single apps
	Trust        sigstore.Trust   // whose builds count besides our own
	Code         *rulebook.Book   // the organisation's own rules about code; nil if it has none
	VEX          []openvex.Source // what security says about known holes
	Warnings     []*core.Error    // what was read although it was not quite right
	Files        fs.FS            // the tree it was read from
	needPlaces   []needPlace      // where the approvals of the settings stand
}

// Rules returns the policies in force.
func (r *Revision) Rules() *policy.Set { return r.Policy }

// Halt returns the revision with rules that only warn, because they would have
// blocked too many apps.
func (r *Revision) Halt(rules []string) *Revision {
	if len(rules) == 0 {
		return r
	}
	out := *r
	out.Policy = r.Policy.Halt(rules)
	return &out
}

// TemplateList returns the templates by name.
func (r *Revision) TemplateList() []core.Template { return byName(r.Templates) }

// VendorList returns the vendors by name.
func (r *Revision) VendorList() []core.Vendor { return byName(r.Vendors) }

// CourseList returns the courses by name.
func (r *Revision) CourseList() []core.Course { return byName(r.Courses) }

func byName[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[name])
	}
	return out
}

// TemplateOf returns the template that an app was made from. It is the one of
// this revision, whatever version the app names: rules in force hold for all.
func (r *Revision) TemplateOf(d core.Descriptor) (core.Template, error) {
	name, _, _ := strings.Cut(d.Template, "@")
	t, ok := r.Templates[name]
	if !ok {
		return core.Template{}, core.Errorf(core.NotFound, "There is no template named %q.", clipped(name)).
			Hinted("%s", or(core.DidYouMean(name, slices.Sorted(maps.Keys(r.Templates))), "Ask the platform team which one took its place.")).At("template")
	}
	return t, nil
}

// TargetFor returns the first target in the region, or a target that names the
// region only if there is none.
func (r *Revision) TargetFor(region string) core.Target {
	for _, t := range r.Targets() {
		if t.Region == region {
			return t
		}
	}
	return core.Target{Region: region}
}

// Target returns the target of that name.
func (r *Revision) Target(name string) (core.Target, bool) {
	for _, t := range r.Targets() {
		if t.Name == name {
			return t, true
		}
	}
	return core.Target{}, false
}

// Targets lists the targets as the settings do.
func (r *Revision) Targets() []core.Target {
	out := make([]core.Target, 0, len(r.Settings.Targets))
	for _, t := range r.Settings.Targets {
		out = append(out, core.Target(t))
	}
	return out
}

// Input returns what every gate knows of a person and an app: actor, app,
// template and organisation. The caller adds gate, time, report, artifact,
// target and vendor. courses are those the person has passed and that are
// still valid. An app of an unknown template has an empty template, which the
// starter policies refuse.
func (r *Revision) Input(who core.Person, courses []string, d core.Descriptor) policy.Input {
	in := policy.Input{
		Actor: policy.Actor{Email: who.Email, Kind: string(who.As("").Kind), Roles: who.Roles, Courses: courses},
		App:   policy.AppFacts(d, r.Vendors),
		Org:   r.Settings.Facts(),
	}
	if t, err := r.TemplateOf(d); err == nil {
		in.Template = policy.TemplateFacts(t)
	}
	return in
}

// Facts is all that Input and TargetFor draw on besides the person and the app.
// Revisions with equal facts give equal inputs.
func (r *Revision) Facts() any {
	return []any{r.Settings.Facts(), r.Templates, r.Vendors, r.Targets()}
}

// Facts returns what policy sees of the settings.
func (s Settings) Facts() policy.Org {
	out := policy.Org{Name: s.Organisation, Regions: s.Regions, ApprovedRegistries: s.ApprovedRegistries, ApprovedRuntimes: s.ApprovedRuntimes,
		AllowedStores: s.AllowedStores(), Currency: s.Budgets.Currency, BudgetLimit: s.Budgets.ApproveAbove}
	s.Classifications.needs(func(_ string, c core.Classification, g core.Gate, n Need) {
		out.Approvals = append(out.Approvals, n.fact(g, c))
	})
	return out
}
