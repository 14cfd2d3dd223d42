package policy_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

var payroll = policy.Exemption{Rule: "region_not_allowed", App: "payroll", Reason: "Moves in spring.", Approver: "sam@x.org", Expires: "2026-12-31"}

func exempting(t *testing.T, roll policy.Rollout, list ...policy.Exemption) *policy.Set {
	t.Helper()
	s, err := policy.Compile(context.Background(), files("a.rego", `package paddock.app.deploy

deny contains {"code": "region_not_allowed", "message": "No."} if input.target.region == "nowhere"

deny contains {"code": "other_rule", "message": "No."} if input.target.kind == "odd"
`), nil, roll, list...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestExemption(t *testing.T) {
	s := exempting(t, nil, payroll)
	for name, c := range map[string]struct {
		change func(in *policy.Input)
		denied string
		warns  string
	}{
		"holds":          {func(*policy.Input) {}, "", "No. This app is exempt until 2026-12-31 by sam@x.org."},
		"last second":    {func(in *policy.Input) { in.Now = "2026-12-31T23:59:59Z" }, "", "No. This app is exempt until 2026-12-31 by sam@x.org."},
		"over":           {func(in *policy.Input) { in.Now = "2027-01-01T00:00:00Z" }, "region_not_allowed", ""},
		"another zone":   {func(in *policy.Input) { in.Now = "2026-12-31T23:59:59-05:00" }, "region_not_allowed", ""},
		"no time":        {func(in *policy.Input) { in.Now = "" }, "region_not_allowed", ""},
		"another app":    {func(in *policy.Input) { in.App.Name = "payrolls" }, "region_not_allowed", ""},
		"another rule":   {func(in *policy.Input) { in.Target = policy.Target{Kind: "odd"} }, "other_rule", ""},
		"approver owns":  {func(in *policy.Input) { in.App.Owner = "Sam@X.org" }, "region_not_allowed", ""},
		"approver helps": {func(in *policy.Input) { in.App.CoOwners = []string{"bo@x.org", "sam@x.org"} }, "region_not_allowed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			in := policy.Input{Gate: core.GateAppDeploy, Now: "2026-11-29T10:00:00Z", App: policy.App{Name: "payroll", Owner: "ana@x.org"}, Target: policy.Target{Region: "nowhere"}}
			c.change(&in)
			doc, _, err := in.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			a, err := s.Answer(context.Background(), core.GateAppDeploy, doc)
			if err != nil {
				t.Fatal(err)
			}
			warns := ""
			for _, w := range a.Verdicts.Warn {
				warns += w.Message
				if w.Code != payroll.Rule || a.Fired[0].Became != "exempt" {
					t.Errorf("warned %+v, fired %+v", w, a.Fired)
				}
			}
			if got := denials(a.Verdicts); got != c.denied || warns != c.warns {
				t.Errorf("denied %q, warned %q; want %q, %q", got, warns, c.denied, c.warns)
			}
			again, err := s.Replay(context.Background(), core.GateAppDeploy, doc)
			if err != nil || denials(again) != c.denied {
				t.Errorf("replayed: %+v %v", again, err)
			}
		})
	}
}

// A rule that only warns needs no exemption, and a broken policy has none.
func TestExemptionAndStage(t *testing.T) {
	in := policy.Input{Now: "2026-11-29T10:00:00Z", App: policy.App{Name: "payroll"}, Target: policy.Target{Region: "nowhere"}}
	v := eval(t, exempting(t, policy.Rollout{payroll.Rule: {Stage: policy.Warn}}, payroll), core.GateAppDeploy, in)
	if len(v.Deny) != 0 || len(v.Warn) != 1 || v.Warn[0].Message != "No." {
		t.Errorf("%+v", v)
	}
}

func TestExemptionsAreOfTheRevision(t *testing.T) {
	s := exempting(t, nil, payroll)
	if s.Revision() == exempting(t, nil).Revision() {
		t.Error("an exemption does not change the revision")
	}
	b, err := json.Marshal(s.Source())
	var src policy.Source
	if err != nil || json.Unmarshal(b, &src) != nil {
		t.Fatal(err)
	}
	again, err := src.Compile(context.Background())
	if err != nil || again.Revision() != s.Revision() {
		t.Errorf("made again: %v %v", again, err)
	}
	_, err = policy.Compile(context.Background(), files("a.rego", regions), nil, nil, policy.Exemption{Rule: "region_not_alowed", App: "payroll", Expires: "soon"})
	for _, want := range []string{`exemptions.0.rule: The exemption of payroll names the rule "region_not_alowed", but no policy gives that code. Did you mean "region_not_allowed"?`,
		`exemptions.0.expires: The exemption of payroll ends on "soon", which is not a date.`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}
