package desk

import (
	"context"
	"sort"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/life/provision"
)

// Templates lists the catalog.
func (d *Desk) Templates(_ context.Context, _ core.Person) ([]view.Template, error) {
	var out []view.Template
	for _, t := range d.Catalog.Current().TemplateList() {
		out = append(out, templateView(t))
	}
	return out, nil
}

func templateView(t core.Template) view.Template {
	v := view.Template{Name: t.Name, Version: t.Version, Title: t.Title, Summary: t.Summary, Owner: t.Owner, Classification: string(t.Classification),
		Regions: t.AllowedRegions, Runtime: string(t.Runtime), CostProfile: string(t.CostProfile), Scans: t.RequiredScans, Budget: t.Budget,
		Parameters: []view.Parameter{}, Vendors: []string{}}
	for _, p := range t.Parameters {
		v.Parameters = append(v.Parameters, view.Parameter{Name: p.Name, Title: p.Title, Help: p.Help, Type: p.Type, Choices: p.Choices, Default: p.Default, Required: p.Required})
	}
	for _, use := range t.Vendors {
		v.Vendors = append(v.Vendors, use.Name)
	}
	return v
}

func formOf(f view.NewApp) provision.Form {
	return provision.Form{Template: f.Template, Name: f.Name, Owner: f.Owner, CoOwners: f.CoOwners, Classification: core.Classification(f.Classification),
		Region: f.Region, Parameters: f.Parameters, Budget: f.Budget}
}

// Preview says what a new app will need.
func (d *Desk) Preview(ctx context.Context, who core.Person, form view.NewApp) (view.Preview, error) {
	p, err := d.Provision.Preview(ctx, who, formOf(form))
	if err != nil {
		return view.Preview{}, err
	}
	v := view.Preview{Result: p.Decision.Result, Deny: p.Decision.Verdicts.Deny, Warn: p.Decision.Verdicts.Warn, Checks: p.Checks, Target: p.Target.Name,
		Budget: p.Budget, Policy: p.Decision.PolicyRevision, Approvals: stages(core.GateAppCreate, p.Decision.Verdicts.Approve)}
	gates := make([]string, 0, len(p.Later))
	for g := range p.Later {
		gates = append(gates, string(g))
	}
	sort.Sort(sort.Reverse(sort.StringSlice(gates))) // change.merge comes before app.deploy
	for _, g := range gates {
		later := p.Later[core.Gate(g)]
		v.Approvals = append(v.Approvals, stages(core.Gate(g), later.Approve)...)
		v.Warn = append(v.Warn, later.Warn...)
		if len(later.Deny) > 0 {
			v.Deny, v.Result = append(v.Deny, later.Deny...), core.Deny
		}
	}
	return v, nil
}

func stages(g core.Gate, needs []core.Need) []view.Stage {
	out := []view.Stage{}
	for _, n := range needs {
		out = append(out, view.Stage{Gate: g, Role: n.Role, Reason: n.Reason})
	}
	return out
}

// CreateApp starts an app. It returns the app with a Pending error when a human
// has to approve it first.
func (d *Desk) CreateApp(ctx context.Context, who core.Person, form view.NewApp) (view.App, error) {
	a, err := d.Provision.Create(ctx, who, actor(ctx, who), formOf(form))
	if err != nil && core.CodeOf(err) != core.Pending {
		return view.App{}, err
	}
	v, verr := d.App(ctx, who, a.Name)
	if verr != nil {
		return v, verr
	}
	return v, err
}
