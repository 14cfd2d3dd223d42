package policy_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

const regions = `package paddock.app.deploy

deny contains {"code": "region_not_allowed", "message": sprintf("%s is not allowed.", [input.target.region]), "fix": "Choose another region."} if {
	not input.target.region in input.template.allowed_regions
}

approve contains {"role": "security", "reason": "Restricted data."} if input.app.classification == "restricted"

approve contains {"role": "security", "reason": "A public page."} if input.app.audience == "public"

warn contains {"code": "no_budget", "message": "No budget is set."} if input.app.budget.monthly == 0
`

func files(pairs ...string) map[string][]byte {
	out := map[string][]byte{}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = []byte(pairs[i+1])
	}
	return out
}

func compile(t *testing.T, f map[string][]byte, b []policy.Binding, r policy.Rollout) *policy.Set {
	t.Helper()
	s, err := policy.Compile(context.Background(), f, b, r)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	return s
}

func eval(t *testing.T, s *policy.Set, g core.Gate, in policy.Input) core.Verdicts {
	t.Helper()
	v, err := s.Eval(context.Background(), g, in)
	if err != nil {
		t.Fatalf("Eval: %v", err)
	}
	return v
}

func denials(v core.Verdicts) string {
	var out []string
	for _, r := range v.Deny {
		out = append(out, r.Code)
	}
	return strings.Join(out, " ")
}

func TestGateAnswers(t *testing.T) {
	s := compile(t, files("policies/regions.rego", regions), nil, nil)
	in := policy.Input{App: policy.App{Classification: "restricted", Audience: "public"}, Target: policy.Target{Region: "us-west-2"},
		Template: policy.Template{AllowedRegions: []string{"eu-sovereign"}}}
	v := eval(t, s, core.GateAppDeploy, in)
	if len(v.Deny) != 1 || v.Deny[0] != (core.Reason{Code: "region_not_allowed", Message: "us-west-2 is not allowed.", Fix: "Choose another region.", Rule: "data.paddock.app.deploy"}) {
		t.Errorf("deny = %+v", v.Deny)
	}
	if len(v.Warn) != 1 || v.Warn[0].Code != "no_budget" {
		t.Errorf("warn = %+v", v.Warn)
	}
	if len(v.Approve) != 1 || v.Approve[0] != (core.Need{Role: "security", Reason: "A public page. Restricted data."}) {
		t.Errorf("approve = %+v, want one need with both reasons", v.Approve)
	}
	if v := eval(t, s, core.GateAppCreate, in); len(v.Deny)+len(v.Warn)+len(v.Approve) != 0 {
		t.Errorf("another gate answered %+v", v)
	}
}

// POL-4: the published v0 sample runs unchanged, next to v1 modules.
func TestPublishedSample(t *testing.T) {
	sample, err := os.ReadFile("testdata/policy-container.v0.rego")
	if err != nil {
		t.Fatal(err)
	}
	bind := []policy.Binding{{Query: "data.policy.container.allow", Gates: []core.Gate{core.GateAppDeploy, core.GateChangeMerge}, Input: "app",
		Code: "registry_not_allowed", Message: "Images from this registry are not allowed.", Fix: "Use another base image."}}
	s := compile(t, files("policies/container.rego", string(sample), "policies/regions.rego", regions), bind, nil)
	for image, want := range map[string]string{
		"unapproved.registry.com/app:1": "registry_not_allowed",
		"registry.example.eu/app:1":     "",
		"":                              "",
	} {
		in := policy.Input{App: policy.AppFacts(core.Descriptor{Image: image}, nil)}
		if got := denials(eval(t, s, core.GateChangeMerge, in)); got != want {
			t.Errorf("image %q: denied with %q, want %q", image, got, want)
		}
	}
}

func TestRollout(t *testing.T) {
	in := policy.Input{Target: policy.Target{Region: "us-west-2"}, App: policy.App{Budget: policy.Budget{Monthly: 1}}}
	for stage, want := range map[policy.Stage][2]int{policy.Off: {0, 0}, policy.Warn: {0, 1}, policy.Enforce: {1, 0}} {
		s := compile(t, files("a.rego", regions), nil, policy.Rollout{"region_not_allowed": {Stage: stage}})
		v := eval(t, s, core.GateAppDeploy, in)
		if got := [2]int{len(v.Deny), len(v.Warn)}; got != want {
			t.Errorf("%s: deny and warn %v, want %v", stage, got, want)
		}
	}
}

// A policy that fails, loops or answers nonsense denies (fails closed).
func TestBrokenPoliciesDeny(t *testing.T) {
	for name, c := range map[string]struct{ rego, says string }{
		"not a set":        {`deny := true`, "deny is not a set"},
		"no value":         {`deny := {"code": "x", "message": "y"} if input.app.name == "other"`, "has no value"},
		"no message":       {`deny contains {"code": "some_rule"}`, "has no message"},
		"misspelt key":     {`deny contains {"code": "some_rule", "mesage": "No."}`, `Did you mean "message"?`},
		"code not text":    {`deny contains {"code": 7, "message": "No."}`, "is not text"},
		"warn of numbers":  {`warn contains 7`, "not an object"},
		"unknown role":     {`approve contains {"role": "securty", "reason": "Because."}`, `Did you mean "security"?`},
		"conflict":         {"deny contains lookup\n\nlookup := 1 if input.gate\n\nlookup := 2 if input.now != \"x\"", "conflicting values"},
		"built-in error":   {`deny contains {"code": "some_rule", "message": "No."} if time.parse_rfc3339_ns(input.now) > 0`, "time.parse_rfc3339_ns"},
		"too many entries": {`deny contains {"code": sprintf("c%d", [i]), "message": "No."} if some i in numbers.range(1, 600)`, "at most 500"},
		"endless":          {`deny contains "no" if { some a in numbers.range(1, 100000); some b in numbers.range(1, 100000); a * b == -1 }`, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := compile(t, files("bad.rego", "package paddock.app.deploy\n\n"+c.rego), nil, nil)
			v := eval(t, s, core.GateAppDeploy, policy.Input{Now: "yesterday"})
			if len(v.Deny) != 1 || v.Deny[0].Code != "policy_error" || !strings.Contains(v.Deny[0].Message, c.says) {
				t.Errorf("deny = %+v, want one policy_error that says %q", v.Deny, c.says)
			}
		})
	}
}

// What is wrong is said when the policy is compiled, with its place.
func TestFaultsAreFoundWhenCompiled(t *testing.T) {
	head := "package paddock.app.deploy\n\n"
	for name, c := range map[string]struct {
		rego string
		want []string
	}{
		"misspelt input":    {head + `deny contains "no" if input.app.clasification == "phi"`, []string{"p.rego:3:23", `no "clasification"`, `Did you mean "classification"?`}},
		"misspelt in list":  {head + "deny contains \"no\" if {\n\tsome v in input.app.vendors\n\tv.stat == \"pending\"\n}", []string{"p.rego:5:2", `Did you mean "state"?`}},
		"network":           {head + `deny contains "no" if http.send({"method": "get", "url": "http://x"}).status_code == 200`, []string{"http.send", "must not reach the network"}},
		"clock":             {head + `deny contains "no" if time.now_ns() > 5`, []string{"Use input.now"}},
		"does not parse":    {head + "deny contains \"no\" if {\n", []string{"p.rego:", "cannot be read"}},
		"no such gate":      {"package paddock.app.delpoy\n\ndeny contains \"no\"", []string{"p.rego:1:1", `Did you mean "paddock.app.deploy"?`}},
		"no such answer":    {head + `dney contains "no"`, []string{"p.rego:3:1", `Did you mean "deny"?`}},
		"recursion":         {head + "deny contains x if some x in warn\n\nwarn contains x if some x in deny", []string{"must not depend on itself"}},
		"empty":             {"", []string{"p.rego", "empty"}},
		"undefined builtin": {head + `deny contains "no" if nosuch(1)`, []string{"nosuch"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := policy.Compile(context.Background(), files("p.rego", c.rego), nil, nil)
			if err == nil {
				t.Fatal("compiled")
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}

func TestBindingAndRolloutFaults(t *testing.T) {
	bind := []policy.Binding{{Query: "data.policy.containr.allow", Gates: []core.Gate{"app.delpoy"}, Input: "ap"}, {Query: "allow"}}
	_, err := policy.Compile(context.Background(), files("a.rego", regions), bind, nil)
	for _, w := range []string{`"app.delpoy"`, `Did you mean "app.deploy"?`, `Did you mean "app"?`, "names no gate", "not the name of a rule"} {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error %v does not say %q", err, w)
		}
	}
	bind = []policy.Binding{{Query: "data.paddock.app.deploy.denny", Gates: []core.Gate{"app.deploy"}}}
	_, err = policy.Compile(context.Background(), files("a.rego", regions), bind, policy.Rollout{"region_not_alowed": {Stage: "of"}})
	for _, w := range []string{"no policy has that rule", `Did you mean "data.paddock.app.deploy.deny"?`, `Did you mean "region_not_allowed"?`, "Use off, warn or enforce"} {
		if err == nil || !strings.Contains(err.Error(), w) {
			t.Errorf("error %v does not say %q", err, w)
		}
	}
}

func TestRevisionNamesContent(t *testing.T) {
	a := compile(t, files("a.rego", regions), nil, nil).Revision()
	if b := compile(t, files("a.rego", regions, "a_test.rego", "package a_test"), nil, nil).Revision(); a != b {
		t.Error("a test file changed the revision")
	}
	if b := compile(t, files("a.rego", regions+"\n"), nil, nil).Revision(); a == b {
		t.Error("a changed rule did not change the revision")
	}
	if b := compile(t, files("a.rego", regions), nil, policy.Rollout{"no_budget": {Stage: "off"}}).Revision(); a == b {
		t.Error("a changed rollout did not change the revision")
	}
}

func TestOwnTests(t *testing.T) {
	tests := `package paddock.app.deploy_test

import data.paddock.app.deploy

test_denies if some d in deploy.deny with input as {"target": {"region": "x"}, "template": {"allowed_regions": ["y"]}}

test_wrong if count(deploy.deny) == 0 with input as {"target": {"region": "x"}, "template": {"allowed_regions": ["y"]}}
`
	got, err := policy.Test(context.Background(), files("a.rego", regions, "a_test.rego", tests))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || !got[0].Pass || got[1].Pass || got[1].Place != "a_test.rego:7:1" || !strings.Contains(got[1].Problem, "did not hold") {
		t.Errorf("results = %+v", got)
	}
}

func TestInterruptedEvalIsAnError(t *testing.T) {
	s := compile(t, files("a.rego", regions), nil, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Eval(ctx, core.GateAppDeploy, policy.Input{}); core.CodeOf(err) != core.Unavailable {
		t.Errorf("error = %v", err)
	}
}

// No rollout can switch off the denial of a broken policy.
func TestPolicyErrorIsAlwaysEnforced(t *testing.T) {
	rego := "package paddock.app.deploy\n\ndeny contains {\"code\": \"policy_error\", \"message\": \"As if.\"}\n\nwarn contains 7"
	s := compile(t, files("a.rego", rego), nil, policy.Rollout{"policy_error": {Stage: policy.Off}})
	if got := denials(eval(t, s, core.GateAppDeploy, policy.Input{})); got != "policy_error policy_error" {
		t.Errorf("denied with %q", got)
	}
}
