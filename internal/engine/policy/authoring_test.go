package policy_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

func TestCoverageCountsLinesOfRules(t *testing.T) {
	files := map[string][]byte{"a.rego": []byte(`package paddock.app.deploy

deny contains {"code": "one", "message": "No."} if input.app.region == "a"

deny contains {"code": "two", "message": "No."} if {
	input.app.region == "b"
	input.app.runtime == "container"
}
`), "a_test.rego": []byte(`package paddock.app.deploy_test

import data.paddock.app.deploy

test_one if count(deploy.deny) == 1 with input.app.region as "a"
`)}
	results, c, err := policy.TestCovered(t.Context(), files)
	if err != nil || len(results) != 1 || !results[0].Pass {
		t.Fatal(err, results)
	}
	if len(c.Files) != 1 || c.Files[0].File != "a.rego" || c.Lines < 3 || c.Covered == 0 || c.Percent >= 100 || len(c.Files[0].Missing) == 0 {
		t.Errorf("%+v", c)
	}
	files["a_test.rego"] = append(files["a_test.rego"], "\ntest_two if count(deploy.deny) == 1 with input as {\"app\": {\"region\": \"b\", \"runtime\": \"container\"}}\n"...)
	if _, c, err = policy.TestCovered(t.Context(), files); err != nil || c.Percent != 100 || len(c.Files[0].Missing) != 0 {
		t.Errorf("all lines run, but: %+v %v", c, err)
	}
}

func TestFormatKeepsTheVersion(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"v1":        {"package a\ndeny   contains \"x\" if   input.a==1\n", "package a\n\ndeny contains \"x\" if input.a == 1\n"},
		"v0":        {"package a\ndeny[\"x\"]   { input.a==1 }\n", "package a\n\ndeny[\"x\"] {\n\tinput.a == 1\n}\n"},
		"v0 import": {"package a\nimport future.keywords.if\nallow   if { input.a==1 }\nb { true }\n", ""},
	} {
		got, err := policy.Format("a.rego", []byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.want != "" && string(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
		again, err := policy.Format("a.rego", got)
		if err != nil || !slices.Equal(got, again) {
			t.Errorf("%s: laid out twice it is %q, %v", name, again, err)
		}
	}
	_, err := policy.Format("a.rego", []byte("package a\n\nallow if {\n"))
	if e := core.AsError(err); e.Code != core.Invalid || !strings.HasPrefix(e.Field+e.Error(), "a.rego:") && !strings.Contains(err.Error(), "a.rego:") {
		t.Errorf("%v", err)
	}
}

func TestEveryPartBelongsToAGate(t *testing.T) {
	filled := map[string]bool{"gate": true, "now": true}
	all := policy.Gates()
	for i, a := range all {
		if a.Gate != core.Gates[i] || a.Doc == "" || a.Asked == "" || a.Example == "" || policy.InputSchemaFor(a.Gate) == nil {
			t.Errorf("the gate %s is not explained", a.Gate)
		}
		for _, p := range a.Parts {
			filled[p] = true
		}
		rule := "package paddock." + string(a.Gate) + "\n\n" + a.Example + "\n"
		if _, err := policy.Compile(t.Context(), map[string][]byte{"example.rego": []byte(rule)}, nil, nil); err != nil {
			t.Errorf("the example of %s: %v", a.Gate, err)
		}
	}
	for f := range reflect.TypeFor[policy.Input]().Fields() {
		if name := f.Tag.Get("json"); !filled[name] {
			t.Errorf("no gate fills %q", name)
		}
		delete(filled, f.Tag.Get("json"))
	}
	if len(filled) > 0 || len(all) != len(core.Gates) || policy.InputSchemaFor("app.eat") != nil {
		t.Errorf("parts that there are not: %v", filled)
	}
}

// What a gate never fills cannot be read in its package; shared rules see all.
func TestGatesOwnPackageReadsWhatItFills(t *testing.T) {
	compile := func(pkg string) error {
		_, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte("package " + pkg + "\n\ndeny contains {\"code\": \"x\", \"message\": \"No.\"} if input.artifact.signed\n")}, nil, nil)
		return err
	}
	if err := compile("paddock.app.deploy"); err != nil {
		t.Error(err)
	}
	if err := compile("paddock.lib.artifacts"); err != nil {
		t.Error(err)
	}
	err := compile("paddock.app.create")
	if core.CodeOf(err) != core.Invalid || !strings.Contains(err.Error(), `no "artifact" there`) || !strings.Contains(err.Error(), "a.rego:3:") {
		t.Errorf("app.create reads the artifact: %v", err)
	}
}

func compiled(t *testing.T, rego string, bindings ...policy.Binding) *policy.Set {
	t.Helper()
	s, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte(rego)}, bindings, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func filled(t *testing.T, gate core.Gate, some string) []byte {
	t.Helper()
	doc, err := policy.Fill(gate, []byte(some))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestExplainNamesTheLineThatDidNotHold(t *testing.T) {
	s := compiled(t, `package paddock.app.create

deny contains {"code": "region", "message": "Not here."} if {
	input.app.runtime == "serverless"
	not allowed
}

allowed if input.app.region in input.template.allowed_regions

approve contains {"role": "security", "reason": "Public."} if input.app.audience == "public"
`)
	for _, c := range []struct {
		in     string
		fired  string
		failed string
		read   string
	}{
		{`{"app": {"runtime": "serverless", "region": "us"}, "template": {"allowed_regions": ["eu"]}}`, "deny", `input.app.audience == "public"`, `""`},
		{`{"app": {"runtime": "serverless", "region": "eu"}, "template": {"allowed_regions": ["eu"]}}`, "", "not allowed", `"eu"`},
		{`{"app": {"runtime": "container", "audience": "public"}}`, "approve", `input.app.runtime == "serverless"`, `"container"`},
	} {
		tried, err := s.Explain(t.Context(), core.GateAppCreate, filled(t, core.GateAppCreate, c.in))
		if err != nil || len(tried) != 2 {
			t.Fatal(err, tried)
		}
		found := false
		for _, one := range tried {
			if one.Fired != (one.Answer == c.fired) || one.Fired == (one.Failed != nil) || one.Fired != (len(one.Said) == 1) || !strings.HasPrefix(one.Place, "a.rego:") {
				t.Errorf("%s: %+v", c.in, one)
			}
			if one.Failed != nil && one.Failed.Text == c.failed {
				found = slices.ContainsFunc(one.Failed.Reads, func(r policy.Read) bool { return r.Value == c.read })
			}
		}
		if !found {
			t.Errorf("%s: the line %q with the value %s is not named: %+v", c.in, c.failed, c.read, tried)
		}
	}
}

func TestFillRefusesWhatNoGateGets(t *testing.T) {
	for some, want := range map[string]struct {
		code core.Code
		says string
	}{
		`{"app": {"clasification": "phi"}}`:    {core.Invalid, `Did you mean "classification"?`},
		`{"ap": {}}`:                           {core.Invalid, `Did you mean "app"?`},
		`{"app": {"region": 4}}`:               {core.Invalid, "app.region is a number; it should be text"},
		`{"app": {"vendors": [{"nme": "x"}]}}`: {core.Invalid, `app.vendors.nme`},
		`{"artifact": {"signed": true}}`:       {core.Invalid, `never gets "artifact"`},
		`{"gate": "app.deploy"}`:               {core.Invalid, `of the gate "app.deploy"`},
		`[]`:                                   {core.Unreadable, "not an object"},
		`{`:                                    {core.Unreadable, "not JSON"},
		strings.Repeat("[", 65):                {core.TooLarge, "levels deep"},
		`{"app":` + strings.Repeat(" ", 5<<20) + `{}}`: {core.TooLarge, "bytes long"},
	} {
		_, err := policy.Fill(core.GateAppCreate, []byte(some))
		if core.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.says) {
			t.Errorf("%.60s: %v", some, err)
		}
	}
	if _, err := policy.Fill("app.creat", []byte("{}")); core.CodeOf(err) != core.Invalid || !strings.Contains(err.Error(), `Did you mean "app.create"?`) {
		t.Error(err)
	}
	whole := filled(t, core.GateAppDeploy, `{"artifact": {"signed": true}, "now": "2026-02-02T00:00:00Z"}`)
	if again := filled(t, core.GateAppDeploy, string(whole)); string(again) != string(whole) || !strings.Contains(string(whole), `"gate":"app.deploy"`) {
		t.Errorf("a whole input is filled to %s", again)
	}
}

func TestCasesAreDecidedByTheGate(t *testing.T) {
	s := compiled(t, `package paddock.app.create

deny contains {"code": "region", "message": "Not here."} if input.app.region == "us"

deny contains {"code": "old", "message": "Too old."} if time.parse_rfc3339_ns(input.now) < 0

warn contains {"code": "big", "message": "Big."} if input.app.budget.monthly > 10

approve contains {"role": "security", "reason": "Public."} if input.app.audience == "public"
`)
	in := []byte(`{"app": {"region": "us", "budget": {"monthly": 20}}}`)
	for _, c := range []struct {
		in   []byte
		want policy.Want
		says string
	}{
		{in, policy.Want{Result: "deny"}, ""},
		{in, policy.Want{Result: "deny", Codes: []string{"region"}, Warn: []string{"big"}, Approve: []string{}}, ""},
		{in, policy.Want{Result: "allow"}, "The answer is deny, not allow. Denied by region."},
		{in, policy.Want{Result: "deny", Codes: []string{"regions"}}, "The denials are region, not regions."},
		{in, policy.Want{Result: "deny", Warn: []string{}}, "The warnings are big, not none."},
		{[]byte(`{"app": {"audience": "public"}}`), policy.Want{Result: "pending", Approve: []string{"security"}}, ""},
		{[]byte(`{"app": {"audience": "public"}}`), policy.Want{Result: "pending", Approve: []string{"finance"}}, "The roles that are asked are security, not finance."},
		{[]byte(`{"app": {"audince": "public"}}`), policy.Want{Result: "pending"}, `Did you mean "audience"?`},
	} {
		got, err := s.Cases(t.Context(), []policy.Case{{Note: "n", Gate: core.GateAppCreate, Input: c.in, Want: c.want, Place: "x_cases.yaml:1:1"}})
		if err != nil || len(got) != 1 || got[0].Pass != (c.says == "") || !strings.Contains(got[0].Problem, c.says) || got[0].Place == "" {
			t.Errorf("%+v: %+v %v", c.want, got, err)
		}
	}
}

// Packages that people wrote for Conftest, in both versions of Rego.
func TestConftestPackagesRunUnchanged(t *testing.T) {
	for name, c := range map[string]struct{ rego, rule, kind, code, message string }{
		"v0 text":      {"package main\n\ndeny[msg] {\n\tinput.region == \"us\"\n\tmsg := \"not in us\"\n}\n", "deny", "deny", "policy_denied", "not in us"},
		"v0 object":    {"package main\n\nviolation[{\"msg\": msg, \"details\": {\"x\": 1}}] {\n\tinput.region == \"us\"\n\tmsg := sprintf(\"%s is not in %v\", [input.name, input.region])\n}\n", "violation", "deny", "policy_denied", "a is not in us"},
		"v0 warn":      {"package main\n\nwarn[msg] {\n\tinput.region == \"us\"\n\tmsg := \"soon not in us\"\n}\n", "warn", "warn", "policy_denied", "soon not in us"},
		"v1 text":      {"package main\n\ndeny contains msg if {\n\tinput.region == \"us\"\n\tmsg := \"not in us\"\n}\n", "deny", "deny", "policy_denied", "not in us"},
		"v1 with code": {"package main\n\ndeny_region contains {\"msg\": \"not in us\", \"code\": \"us\", \"n\": 4} if input.region == \"us\"\n", "deny_region", "deny", "us", "not in us"},
		"a list":       {"package main\n\ndeny := [\"not in us\"] if input.region == \"us\"\n\nelse := []\n", "deny", "deny", "policy_denied", "not in us"},
		"no msg":       {"package main\n\ndeny contains {\"message\": \"x\"} if input.region == \"us\"\n", "deny", "deny", "policy_error", ""},
		"a number":     {"package main\n\ndeny contains 4 if input.region == \"us\"\n", "deny", "deny", "policy_error", ""},
	} {
		s := compiled(t, c.rego, policy.Binding{Query: "data.main." + c.rule, Gates: []core.Gate{core.GateAppCreate}, Input: "app"})
		a, err := s.Answer(t.Context(), core.GateAppCreate, filled(t, core.GateAppCreate, `{"app": {"name": "a", "region": "us"}}`))
		list := a.Verdicts.Deny
		if c.kind == "warn" {
			list = a.Verdicts.Warn
		}
		if err != nil || len(list) != 1 || list[0].Code != c.code || c.message != "" && list[0].Message != c.message || list[0].Rule != "data.main" || len(a.Fired) != 1 {
			t.Errorf("%s: %+v %v", name, a, err)
		}
		a, err = s.Answer(t.Context(), core.GateAppCreate, filled(t, core.GateAppCreate, `{"app": {"name": "a", "region": "eu"}}`))
		if err != nil || len(a.Verdicts.Deny)+len(a.Verdicts.Warn)+len(a.Fired) != 0 {
			t.Errorf("%s, in the eu: %+v %v", name, a, err)
		}
	}
}
