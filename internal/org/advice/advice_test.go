package advice_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/org/advice"
	"github.com/paddock-dev/paddock/internal/org/preview"
	"github.com/paddock-dev/paddock/internal/testkit"
)

type revision struct{ set *policy.Set }

func (r revision) Rules() *policy.Set { return r.set }
func (r revision) Facts() any         { return nil }
func (r revision) Input(who core.Person, _ []string, d core.Descriptor) policy.Input {
	return policy.Input{Actor: policy.Actor{Email: who.Email}, App: policy.AppFacts(d, nil)}
}
func (r revision) TargetFor(region string) core.Target { return core.Target{Region: region} }

const rules = `package paddock.change.merge

deny contains {"code": "moon", "message": "Not on the moon."} if input.app.region == "moon"

deny contains {"code": "mars", "message": "Not on Mars."} if input.app.region == "mars"

deny contains {"code": "eu", "message": "Not in Europe."} if input.app.region == "eu"
`

func TestProposals(t *testing.T) { testkit.Each(t, testProposals) }

func testProposals(t *testing.T, g *testkit.Ground) {
	day := func(days int) string { return g.Clock.Now().AddDate(0, 0, days).UTC().Format(time.DateOnly) }
	rollout := policy.Rollout{"moon": {Stage: policy.Warn}, "mars": {Stage: policy.Off}}
	exempt := func(app string, days int) policy.Exemption {
		return policy.Exemption{Rule: "eu", App: app, Reason: "Moves.", Approver: "sam@example.org", Expires: day(days)}
	}
	exemptions := []policy.Exemption{exempt("menu", 30), exempt("rota", 30), exempt("gone", -1), exempt("silent", 30)}
	set, err := policy.Compile(context.Background(), map[string][]byte{"a.rego": []byte(rules)}, nil, rollout, exemptions...)
	g.Must(err)
	rev := revision{set}
	files := advice.Files{Rollout: []byte("rules:\n  moon: warn\n  mars: off\n"), Exemptions: []byte("exemptions:\n  - app: menu\n  - app: rota\n  - app: gone\n  - app: silent\n")}

	ann := g.Somebody("ann@example.org")
	decide := func(a core.App, region string) {
		in := rev.Input(ann, nil, core.Descriptor{Name: a.Name, Owner: ann.Email, Region: region})
		now := g.Clock.Now()
		in.Gate, in.Now = core.GateChangeMerge, now.UTC().Format(time.RFC3339)
		doc, _, err := in.Canonical()
		g.Must(err)
		said, err := set.Answer(t.Context(), core.GateChangeMerge, doc)
		g.Must(err)
		d := core.Decision{ID: g.IDs.New(now), Gate: core.GateChangeMerge, AppID: a.ID, Verdicts: said.Verdicts, Fired: said.Fired, Result: whatif.ResultOf(said.Verdicts), Input: doc, At: core.Stamp(now)}
		g.Must(g.Quietly(context.Background(), func(ctx context.Context) error { return g.AddDecision(ctx, d) }))
		g.Clock.Move(time.Hour)
	}
	menu, rota := g.NewApp("menu", ann), g.NewApp("rota", ann)
	decide(menu, "eu")   // needs its exemption
	decide(rota, "moon") // does not, and is warned
	decide(rota, "us")
	a := advice.Advice{Previews: preview.Previews{Store: g.DB, Clock: g.Clock}, Clock: g.Clock}
	got, err := a.Proposals(t.Context(), rev, files, 90)
	g.Must(err)
	if len(got) != 3 {
		t.Fatalf("%d proposals: %+v", len(got), got)
	}
	if p := got[0]; p.Kind != advice.EnforceRule || p.Rule != "moon" || !strings.Contains(p.Text, "blocked 1 of 3 decisions in 90 days") ||
		!strings.Contains(p.Diff, "-  moon: warn\n+  moon: enforce\n") || p.Decisions.Shifts[0].App != "rota" {
		t.Errorf("%+v", p)
	}
	if p := got[1]; p.Kind != advice.DropExemption || p.App != "rota" || !strings.Contains(p.Text, "None of the 2 decisions about rota in 90 days") || !strings.Contains(p.Diff, "-  - app: rota\n") {
		t.Errorf("%+v", p)
	}
	if p := got[2]; p.App != "gone" || !strings.Contains(p.Text, "has ended on "+day(-1)[:4]) || !strings.Contains(p.Diff, "-  - app: gone\n") {
		t.Errorf("%+v", p)
	}
	// Nothing that is proposed lets anything pass: not one decision becomes a yes.
	for _, p := range got {
		for _, r := range []*whatif.Report{p.Decisions, p.Fleet} {
			if r != nil && r.Counts[whatif.Allowed] > 0 {
				t.Errorf("%s of %s would let something pass", p.Kind, p.Rule)
			}
		}
	}
	again, err := a.Proposals(t.Context(), rev, files, 90)
	g.Must(err)
	for i := range again {
		if again[i].Diff != got[i].Diff || again[i].Text != got[i].Text {
			t.Errorf("the same records gave %+v and then %+v", got[i], again[i])
		}
	}
}
