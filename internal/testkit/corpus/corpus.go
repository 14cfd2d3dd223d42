// Package corpus makes apps for tests that hold several doors against one
// another: 200 descriptors, good and bad ones, and all that a gate would be told
// of each. The same revision gives the same corpus.
package corpus

import (
	"fmt"
	"math/rand/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Size is how many apps there are.
const Size = 200

// BadRegistry is the one that the published v0 sample refuses.
const BadRegistry = "unapproved.registry.com"

// Case is one app, and what the gates are told of it.
type Case struct {
	Name  string
	App   core.Descriptor
	Input policy.Input // without gate
}

// Gates returns the gates that every case is asked at.
func Gates() []core.Gate {
	return []core.Gate{core.GateAppCreate, core.GateChangeMerge, core.GateAppDeploy, core.GateWorkloadAdmit}
}

// Of makes the corpus for the templates, vendors and settings of a revision.
func Of(rev *catalog.Revision) []Case {
	d := dice{rand.New(rand.NewPCG(20, 26))}
	out := make([]Case, Size)
	for i := range out {
		out[i] = d.one(i, rev)
	}
	return out
}

// At returns the input as a gate gives it to policy.
func (c Case) At(gate core.Gate) []byte {
	in := c.Input
	in.Gate = gate
	doc, _, err := in.Canonical()
	if err != nil {
		panic(err) // the corpus is small
	}
	return doc
}

// dice chooses; the first value of a list is the good one and comes half the time.
type dice struct{ r *rand.Rand }

func pick[T any](d dice, good T, others ...T) T {
	if d.r.IntN(2) == 0 {
		return good
	}
	return others[d.r.IntN(len(others))]
}

// one makes a case. Every third app is good but for what the third's rest breaks.
func (d dice) one(i int, rev *catalog.Revision) Case {
	list := rev.TemplateList()
	t := list[d.r.IntN(len(list))]
	app := core.Descriptor{Name: fmt.Sprintf("app-%03d", i), Template: t.Name + "@" + t.Version, Owner: "ana@example.org", Classification: core.InternalUse,
		Region: "eu-sovereign", Runtime: t.Runtime, Vendors: t.Vendors, Data: t.Data, Budget: t.Budget}
	in := policy.Input{Report: policy.PassingReport("0123abc", t.RequiredScans), Target: policy.TargetFacts(rev.TargetFor(app.Region)),
		Artifact: policy.Artifact{Digest: "sha256:1", SBOM: "sha256:2", Provenance: "sha256:3", Signed: true}}
	courses := []string{"safe-apps"}
	if i%3 > 0 {
		d.spoilApp(&app)
	}
	if i%3 > 1 {
		d.spoilFacts(&in)
		courses = pick(d, courses, nil)
	}
	facts := rev.Input(core.Person{Email: app.Owner, Roles: []core.Role{core.RoleMaker}}, courses, app)
	facts.Now, facts.Report, facts.Target, facts.Artifact = "2026-11-29T10:00:00Z", in.Report, in.Target, in.Artifact
	facts.Workload = workload(app)
	return Case{Name: app.Name, App: app, Input: facts}
}

// workload is what a cluster would be told to run: the app's image.
func workload(app core.Descriptor) policy.Workload {
	w := policy.Workload{Operation: "CREATE", Kind: "Pod", APIVersion: "v1", Namespace: core.NamespaceOf(app.Name, "production"), Name: app.Name + "-0", User: "system:serviceaccount:paddock:deployer",
		AppState: core.AppActive, Labels: map[string]string{"paddock.dev/region": app.Region}}
	if app.Image != "" {
		w.Containers = []policy.Container{{Name: "app", Image: app.Image, CPUMillis: 100, MemoryMiB: 64}}
		w.Images = policy.Images(w.Containers)
	}
	return w
}

// spoilApp changes what the app says of itself.
func (d dice) spoilApp(app *core.Descriptor) {
	app.Classification = pick(d, app.Classification, core.Public, core.Restricted, core.PHI)
	app.Region = pick(d, app.Region, "us-east-1", "us-west-2", "mars-1")
	app.Template = pick(d, app.Template, "gone@1")
	app.Runtime = pick(d, app.Runtime, core.Container)
	app.Image = pick(d, "", BadRegistry+"/node:22", "registry.example.eu/node:22", "node:22", "Unapproved.Registry.COM/x")
	if app.Runtime == core.Container && app.Image == "" { // no descriptor is without
		app.Image = pick(d, BadRegistry+"/python:3", "registry.example.eu/python:3")
	}
	app.Vendors = pick(d, app.Vendors, []core.VendorUse{{Name: "quick-sms", Hosts: []string{"api.quick-sms.example"}}}, []core.VendorUse{{Name: "nobody", Hosts: []string{"nobody.example"}}})
	app.Secrets = pick(d, app.Secrets, []core.SecretUse{{Name: "key", Store: "vault", Inject: "egress"}}, []core.SecretUse{{Name: "key", Store: "platform", Inject: "egress"}})
	app.Data = pick(d, app.Data, []string{"health"}, []string{"contact", "payment"})
	app.Budget.Monthly = pick(d, app.Budget.Monthly, 0.01, 1000)
	app.Budget.Currency = pick(d, app.Budget.Currency, "USD")
	app.Guardrails.Egress = pick(d, app.Guardrails.Egress, []string{"api.example.com"})
}

// spoilFacts changes what others say of the app.
func (d dice) spoilFacts(in *policy.Input) {
	if len(in.Report.Checks) > 0 {
		n := d.r.IntN(len(in.Report.Checks))
		in.Report.Checks[n].Verdict = pick(d, core.Passed, core.Blocks, core.Incomplete)
	}
	if d.r.IntN(5) == 0 {
		in.Report = policy.Report{}
	}
	in.Artifact.SBOM = pick(d, in.Artifact.SBOM, "")
	in.Artifact.Provenance = pick(d, in.Artifact.Provenance, "")
	in.Artifact.Signed = pick(d, true, false)
	in.Target = pick(d, in.Target, policy.Target{Name: "us-east-1", Region: "us-east-1", Kind: "embedded"})
}
