package governance_test

import (
	"context"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// app is the candidate tracker as its form describes it.
func app(t core.Template) core.Descriptor {
	return core.Descriptor{Name: "candidate-tracker", Template: t.Name + "@" + t.Version, Owner: "ana@example.com", Classification: core.InternalUse,
		Region: "eu-sovereign", Runtime: t.Runtime, Vendors: t.Vendors, Data: t.Data, Budget: t.Budget}
}

// The whole road with the starter's rules: what denies and who is asked, at
// each gate, for one change to the good app.
func TestStarterDecides(t *testing.T) {
	rev := validate(t).Revision
	for name, c := range map[string]struct {
		gate   core.Gate
		change func(d *core.Descriptor, in *policy.Input)
		deny   string // codes
		ask    string // roles
	}{
		"internal app is created":              {gate: core.GateAppCreate},
		"internal change is merged":            {gate: core.GateChangeMerge},
		"internal app is deployed":             {gate: core.GateAppDeploy},
		"restricted app asks security":         {core.GateAppCreate, class("restricted"), "", "security"},
		"restricted change waits":              {core.GateChangeMerge, class("restricted"), "", "security data-owner"},
		"restricted app is deployed":           {core.GateAppDeploy, class("restricted"), "", ""},
		"health data needs another template":   {core.GateAppCreate, class("phi"), "classification_too_high", "security privacy"},
		"foreign region":                       {core.GateChangeMerge, region("us-west-2"), "region_not_allowed vendor_not_in_region", ""},
		"region of another template":           {core.GateChangeMerge, region("us-east-1"), "region_not_allowed vendor_not_in_region", ""},
		"public image":                         {core.GateChangeMerge, image("node:22"), "image_not_approved", ""},
		"image of the published policy":        {core.GateAppDeploy, image("unapproved.registry.com/x:1"), "image_not_approved registry_not_allowed", ""},
		"approved image":                       {core.GateChangeMerge, image("registry.example.eu/node:22"), "", ""},
		"target in another region":             {core.GateAppDeploy, input(func(in *policy.Input) { in.Target = policy.Target{Name: "us-east-1", Region: "us-east-1"} }), "target_in_other_region", ""},
		"digest without evidence":              {core.GateAppDeploy, input(func(in *policy.Input) { in.Artifact = policy.Artifact{Digest: "sha256:1"} }), "provenance_missing sbom_missing", ""},
		"one check blocks":                     {core.GateChangeMerge, input(func(in *policy.Input) { in.Report.Checks[0].Verdict = core.Blocks }), "required_scan_not_passed", ""},
		"no checks":                            {core.GateChangeMerge, input(func(in *policy.Input) { in.Report = policy.Report{} }), "required_scan_missing required_scan_missing required_scan_missing required_scan_missing required_scan_missing required_scan_missing required_scan_missing", ""},
		"vendor that waits":                    {core.GateChangeMerge, vendor("quick-sms", "api.quick-sms.example"), "vendor_not_approved", ""},
		"vendor that nobody knows":             {core.GateChangeMerge, vendor("other", "other.example"), "vendor_not_approved", ""},
		"tiny budget":                          {core.GateAppCreate, budget(0.01), "", ""},
		"large budget asks finance":            {core.GateAppCreate, budget(1000), "", "finance"},
		"app of a template that is not there":  {core.GateChangeMerge, func(d *core.Descriptor, _ *policy.Input) { d.Template = "gone@1" }, "template_unknown", ""},
		"container":                            {core.GateChangeMerge, func(d *core.Descriptor, _ *policy.Input) { d.Runtime = core.Container }, "runtime_not_approved runtime_not_of_template", ""},
		"secret in a place that nobody vetted": {core.GateChangeMerge, func(d *core.Descriptor, _ *policy.Input) { d.Secrets = []core.SecretUse{{Name: "k", Store: "drawer"}} }, "store_not_allowed", ""},
		"further hosts ask security":           {core.GateChangeMerge, func(d *core.Descriptor, _ *policy.Input) { d.Guardrails.Egress = []string{"api.example.com"} }, "", "security"},
	} {
		t.Run(name, func(t *testing.T) {
			tpl := rev.Templates["internal-dashboard"]
			d, late := app(tpl), policy.Input{}
			late.Report = policy.PassingReport("0123abc", tpl.RequiredScans)
			late.Artifact = policy.Artifact{Digest: "sha256:1", SBOM: "sha256:2", Provenance: "sha256:3", Signed: true}
			late.Target = policy.TargetFacts(rev.TargetFor("eu-sovereign"))
			if c.change != nil {
				c.change(&d, &late)
			}
			in := rev.Input(core.Person{Email: "ana@example.com"}, nil, d)
			in.Now, in.Report, in.Artifact, in.Target = "2026-11-23T10:00:00Z", late.Report, late.Artifact, late.Target
			v, err := rev.Policy.Eval(context.Background(), c.gate, in)
			if err != nil {
				t.Fatal(err)
			}
			var codes, roles []string
			for _, r := range v.Deny {
				codes = append(codes, r.Code)
				if r.Message == "" || r.Fix == "" || r.Rule == "" {
					t.Errorf("%s has no words: %+v", r.Code, r)
				}
			}
			for _, n := range v.Approve {
				roles = append(roles, string(n.Role))
			}
			if strings.Join(codes, " ") != c.deny || strings.Join(roles, " ") != c.ask {
				t.Errorf("denied with %q and asked %q, want %q and %q\n%+v", codes, roles, c.deny, c.ask, v)
			}
		})
	}
}

func class(c core.Classification) func(*core.Descriptor, *policy.Input) {
	return func(d *core.Descriptor, _ *policy.Input) { d.Classification = c }
}

func region(r string) func(*core.Descriptor, *policy.Input) {
	return func(d *core.Descriptor, in *policy.Input) { d.Region = r }
}

func image(i string) func(*core.Descriptor, *policy.Input) {
	return func(d *core.Descriptor, _ *policy.Input) { d.Image = i }
}

func budget(m float64) func(*core.Descriptor, *policy.Input) {
	return func(d *core.Descriptor, _ *policy.Input) { d.Budget.Monthly = m }
}

func vendor(name, host string) func(*core.Descriptor, *policy.Input) {
	return func(d *core.Descriptor, _ *policy.Input) {
		d.Vendors = []core.VendorUse{{Name: name, Hosts: []string{host}}}
	}
}

func input(change func(*policy.Input)) func(*core.Descriptor, *policy.Input) {
	return func(_ *core.Descriptor, in *policy.Input) { change(in) }
}

// Every starter template can be made into an app without any approval.
func TestEveryTemplateCanBeUsed(t *testing.T) {
	rev := validate(t).Revision
	for _, tpl := range rev.TemplateList() {
		d := app(tpl)
		v, err := rev.Policy.Eval(context.Background(), core.GateAppCreate, rev.Input(core.Person{}, nil, d))
		if err != nil || len(v.Deny)+len(v.Approve) > 0 {
			t.Errorf("%s: %+v %v", tpl.Name, v, err)
		}
		if _, err := catalog.Scaffold(tpl, d, defaults(t, tpl), rev.Files); err != nil {
			t.Errorf("%s: %v", tpl.Name, err)
		}
	}
}

func defaults(t *testing.T, tpl core.Template) map[string]string {
	t.Helper()
	params, err := catalog.CheckParameters(tpl, nil)
	if err != nil {
		t.Fatal(err)
	}
	return params
}
