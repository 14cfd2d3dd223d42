package provision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Form asks for an app.
type Form struct {
	Template       string
	Name           string
	Owner          string // e-mail; default the caller
	CoOwners       []string
	Classification core.Classification
	Region         string
	Parameters     map[string]string
	Budget         float64 // monthly; 0 means the template's
}

// plan is a form that has been understood.
type plan struct {
	Descriptor core.Descriptor
	Template   core.Template
	Parameters map[string]string
	Owner      core.Person
}

// read turns a form into a plan; every fault names its field.
func (s *Service) read(ctx context.Context, rev *catalog.Revision, who core.Person, f Form) (plan, error) {
	t, ok := rev.Templates[f.Template]
	if !ok {
		return plan{}, core.Errorf(core.Invalid, "There is no template named %q.", f.Template).At("template").
			Hinted("%s", core.DidYouMean(f.Template, names(rev.Templates)))
	}
	var faults []*core.Error
	note := func(field string, err error) {
		if err != nil {
			fault := core.AsError(err).At(field)
			fault.Code = core.Invalid
			faults = append(faults, fault)
		}
	}
	note("name", s.checkName(f.Name))
	owner := who
	if f.Owner != "" && !strings.EqualFold(f.Owner, who.Email) {
		p, err := s.People.PersonByEmail(ctx, strings.ToLower(strings.TrimSpace(f.Owner)))
		if err != nil && core.CodeOf(err) != core.NotFound {
			return plan{}, err
		}
		note("owner", err)
		owner = p
	}
	for _, email := range f.CoOwners {
		_, err := s.People.PersonByEmail(ctx, strings.ToLower(email))
		if err != nil && core.CodeOf(err) != core.NotFound {
			return plan{}, err
		}
		note("co_owners", err)
	}
	if !f.Classification.Valid() {
		note("classification", core.Errorf(core.Invalid, "%q is not a classification.", f.Classification).Hinted("Choose public, internal, restricted or phi."))
	}
	if !slices.Contains(t.AllowedRegions, f.Region) {
		note("region", core.Errorf(core.Invalid, "The template %q may not be used in the region %q.", t.Name, f.Region).
			Hinted("Choose %s.", strings.Join(t.AllowedRegions, " or ")))
	}
	if !(f.Budget >= 0 && f.Budget <= 1e6) { // no number is no budget either
		note("budget", core.Errorf(core.Invalid, "%.2f is not a monthly budget between 0 and 1,000,000.", f.Budget))
	}
	params, err := catalog.CheckParameters(t, f.Parameters)
	if err != nil {
		e := core.AsError(err)
		faults = append(faults, append(e.Problems, bare(e)...)...)
	}
	if err := core.Join(core.Invalid, "The form has several faults.", faults); err != nil {
		return plan{}, err
	}
	return plan{Descriptor: describe(rev, t, f, owner), Template: t, Parameters: params, Owner: owner}, nil
}

// checkName refuses names that are no address, and those of repositories that
// are not apps.
func (s *Service) checkName(name string) error {
	if slices.Contains(s.Reserved, name) {
		return core.Errorf(core.Invalid, "The name %q is used by Paddock itself.", name).Hinted("Choose another name.")
	}
	return catalog.CheckAppName(name)
}

// bare returns e itself when it stands for one fault only.
func bare(e *core.Error) []*core.Error {
	if len(e.Problems) > 0 {
		return nil
	}
	return []*core.Error{e}
}

func describe(rev *catalog.Revision, t core.Template, f Form, owner core.Person) core.Descriptor {
	budget := t.Budget
	if f.Budget > 0 {
		budget.Monthly = f.Budget
	}
	if budget.Currency == "" {
		budget.Currency = rev.Settings.Budgets.Currency
	}
	return core.Descriptor{Name: f.Name, Template: t.Name + "@" + t.Version, Owner: owner.Email, CoOwners: f.CoOwners, Classification: f.Classification,
		Region: f.Region, Runtime: t.Runtime, Audience: "organisation", Guardrails: t.Guardrails, Vendors: t.Vendors, Secrets: t.Secrets, Data: t.Data, Budget: budget}
}

// digest names exactly what an approval of a new app is bound to.
func (p plan) digest() string {
	sum := sha256.Sum256(append(catalog.FormatDescriptor(p.Descriptor), p.Template.Version...))
	return "sha256:" + hex.EncodeToString(sum[:])
}

func names[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
