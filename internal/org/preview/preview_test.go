package preview_test

import (
	"context"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/org/preview"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// revision is rules and one setting: which regions every template allows.
type revision struct {
	set     *policy.Set
	regions []string
}

func (r revision) Rules() *policy.Set { return r.set }

func (r revision) Input(who core.Person, courses []string, d core.Descriptor) policy.Input {
	return policy.Input{Actor: policy.Actor{Email: who.Email, Roles: who.Roles, Courses: courses}, App: policy.AppFacts(d, nil),
		Template: policy.Template{Name: "form", AllowedRegions: r.regions, RequiredScans: []string{"secrets"}}}
}

func (r revision) Facts() any { return r.regions }

func (r revision) TargetFor(region string) core.Target { return core.Target{Name: "t", Region: region} }

const rules = `package paddock.change.merge

deny contains {"code": "region", "message": sprintf("Not in %s.", [input.app.region])} if not input.app.region in input.template.allowed_regions

deny contains {"code": "course", "message": "Take the course."} if not "safe-apps" in input.actor.courses

deny contains {"code": "scans", "message": "A scan is missing."} if {
	some scan in input.template.required_scans
	not scan in {c.name | some c in input.report.checks; c.verdict == "pass"}
}

deny contains reason if some reason in data.paddock.lib.artifacts.deny
`

// sharedRules see parts of the input that the gate's own package must not read.
const sharedRules = `package paddock.lib.artifacts

deny contains {"code": "artifact", "message": "A merge has none."} if input.artifact.digest != ""
`

const deployRules = `package paddock.app.deploy

deny contains {"code": "unsigned", "message": "Not signed."} if not input.artifact.signed

deny contains {"code": "elsewhere", "message": "Another region."} if input.target.region != input.app.region
`

func revised(t *testing.T, more string, regions ...string) revision {
	t.Helper()
	set, err := policy.Compile(context.Background(), map[string][]byte{"a.rego": []byte(rules + more), "b.rego": []byte(deployRules), "c.rego": []byte(sharedRules)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return revision{set, regions}
}

// app puts an active app into the store; with a digest, it runs.
func app(g *testkit.Ground, name, region, digest string, owner core.Person) core.App {
	now := core.Stamp(g.Clock.Now())
	a := core.App{ID: g.IDs.New(g.Clock.Now()), Name: name, OwnerID: owner.ID, OwnerEmail: owner.Email, State: core.AppActive, Created: now,
		Descriptor: core.Descriptor{Name: name, Owner: owner.Email, Classification: core.InternalUse, Region: region, Template: "form@1"}}
	g.Must(g.Quietly(context.Background(), func(ctx context.Context) error {
		if err := g.AddApp(ctx, a); err != nil || digest == "" {
			return err
		}
		d := core.Decision{ID: g.IDs.New(g.Clock.Now()), Gate: core.GateAppDeploy, AppID: a.ID, Result: core.Allow, Input: []byte("{}"), At: now}
		if err := g.AddDecision(ctx, d); err != nil {
			return err
		}
		if err := g.PutArtifact(ctx, core.Artifact{Digest: digest, AppID: a.ID, Commit: "c", SBOM: "sha256:5", Created: now}); err != nil {
			return err
		}
		dep := core.Deployment{ID: g.IDs.New(g.Clock.Now()), AppID: a.ID, Artifact: digest, Target: "t", Region: region, State: core.DeployStarting, Decision: d.ID, By: owner.ID, Created: now}
		if err := g.AddDeployment(ctx, dep); err != nil {
			return err
		}
		return g.MoveDeployment(ctx, dep, core.DeployLive, now)
	}))
	return a
}

func TestFleet(t *testing.T) { testkit.Each(t, testFleet) }

func testFleet(t *testing.T, g *testkit.Ground) {
	ann, bob := g.Somebody("ann@example.org"), g.Somebody("bob@example.org")
	g.Must(g.Quietly(context.Background(), func(ctx context.Context) error {
		soon := core.Stamp(g.Clock.Now().Add(time.Hour))
		if err := g.PutCertificate(ctx, bob.ID, "safe-apps", 1, 2); err != nil { // long ended
			return err
		}
		return g.PutCertificate(ctx, ann.ID, "safe-apps", 1, soon)
	}))
	app(g, "menu", "eu", "", ann)
	app(g, "payroll", "us", "sha256:1", ann)
	app(g, "rota", "us", "", bob)
	p := preview.Previews{Store: g.DB, Clock: g.Clock}
	got, err := p.Fleet(t.Context(), revised(t, "", "eu", "us"), revised(t, "", "eu"))
	g.Must(err)
	if got.Asked != 4 { // three merges, and one that runs
		t.Errorf("asked %d questions, want 4", got.Asked)
	}
	if len(got.Shifts) != 2 || got.Shifts[0].App != "payroll" || got.Shifts[0].Kind != whatif.Blocked || got.Shifts[0].Owner != "ann@example.org" ||
		got.Shifts[1].App != "rota" || got.Shifts[1].Kind != whatif.Reasons { // blocked for its owner's course already
		t.Errorf("shifts %+v", got.Shifts)
	}
	// The evidence of what runs is a fact of app.deploy, and of no merge.
	got, err = p.Fleet(t.Context(), revised(t, "", "eu", "us"), revised(t, "\ndeny contains {\"code\": \"us\", \"message\": \"No.\"} if input.app.region == \"us\"\n", "eu", "us"))
	g.Must(err)
	for _, s := range got.Shifts {
		if s.Gate != core.GateChangeMerge || len(s.Rules) != 1 || s.Rules[0] != "us" {
			t.Errorf("shift %+v", s)
		}
	}
}

func TestDecisions(t *testing.T) { testkit.Each(t, testDecisions) }

func testDecisions(t *testing.T, g *testkit.Ground) {
	ann := g.Somebody("ann@example.org")
	a := g.NewApp("payroll", ann)
	rev := revised(t, "", "eu")
	decide := func(region string) core.ID {
		in := rev.Input(ann, []string{"safe-apps"}, core.Descriptor{Name: "payroll", Owner: ann.Email, Region: region, Classification: core.PHI})
		in.Gate, in.Report = core.GateChangeMerge, policy.PassingReport("c", []string{"secrets"})
		doc, digest, err := in.Canonical()
		g.Must(err)
		v, err := rev.set.Replay(t.Context(), core.GateChangeMerge, doc)
		g.Must(err)
		now := g.Clock.Now()
		d := core.Decision{ID: g.IDs.New(now), Gate: core.GateChangeMerge, AppID: a.ID, Verdicts: v, Result: whatif.ResultOf(v), Input: doc, InputDigest: digest, At: core.Stamp(now)}
		g.Must(g.Quietly(context.Background(), func(ctx context.Context) error { return g.AddDecision(ctx, d) }))
		g.Clock.Move(24 * time.Hour)
		return d.ID
	}
	decide("eu") // too long ago
	since := g.Clock.Now()
	one := decide("eu")
	decide("us")
	stricter := revised(t, "\ndeny contains {\"code\": \"phi\", \"message\": \"No health data.\"} if input.app.classification == \"phi\"\n", "eu")
	got, err := preview.Previews{Store: g.DB, Clock: g.Clock}.Decisions(t.Context(), rev, stricter, since)
	g.Must(err)
	if got.Asked != 2 || got.Counts[whatif.Blocked] != 1 || got.Shifts[0].Decision != one || got.Shifts[0].App != "payroll" || got.Shifts[0].Classification != core.PHI {
		t.Errorf("%+v", got)
	}
}
