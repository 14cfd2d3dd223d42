package catalog

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

const oneCase = `cases:
  - note: a region
    gate: app.create
    input:
      app: {region: us, budget: {monthly: 3}}
      now: 2026-05-04
    want: {result: deny, codes: [region], approve: []}
`

func TestCasesAreRead(t *testing.T) {
	tree := fstest.MapFS{"policies/deep/a_cases.yaml": {Data: []byte(oneCase)}, "policies/cases.yaml": {Data: []byte("no: cases")}}
	list, err := Cases(tree, "policies")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	c := list[0]
	if c.Place != "policies/deep/a_cases.yaml:2:5" || c.Gate != core.GateAppCreate || string(c.Input) != `{"app":{"budget":{"monthly":3},"region":"us"},"now":"2026-05-04"}` {
		t.Errorf("%+v %s", c, c.Input)
	}
	if c.Want.Warn != nil || c.Want.Approve == nil || len(c.Want.Codes) != 1 {
		t.Errorf("%+v", c.Want)
	}
}

func TestBrokenCasesNameTheirPlace(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"an unknown key":         {"note:", "nte:", `a_cases.yaml:2:5: The key "nte" is not known here. Did you mean "note"?`},
		"an unknown gate":        {"app.create", "app.craete", `Did you mean "app.create"?`},
		"an unknown result":      {"result: deny", "result: denied", `Did you mean "deny"?`},
		"an unknown fact":        {"region: us", "regoin: us", `a_cases.yaml:5:21: There is no "app.regoin" in a gate's input. Did you mean "region"?`},
		"a wrong type":           {"region: us", "region: [us]", "a_cases.yaml:5:"},
		"a fact of another gate": {"app: {region: us", "artifact: {signed: true}\n      app: {region: us", `a_cases.yaml:5:17: The gate app.create never gets "artifact"`},
		"no want":                {"    want: {result: deny, codes: [region], approve: []}\n", "", "The case has no want.result."},
		"no cases":               {oneCase, "cases: []\n", `The key "cases" is missing.`},
		"nothing":                {oneCase, "", "The file is empty"},
		"no YAML":                {"cases:", "cases: [", "a_cases.yaml"},
	} {
		_, err := Cases(fstest.MapFS{"policies/a_cases.yaml": {Data: []byte(strings.Replace(oneCase, c.old, c.new, 1))}}, "policies")
		if core.CodeOf(err) == "" || core.CodeOf(err) == core.Internal || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A push whose cases do not hold is refused with the case's place.
func TestCasesAreRunWithTheTests(t *testing.T) {
	tree := starter(t)
	v, err := Validate(t.Context(), tree, "x", time.Now())
	if err != nil || len(v.Cases) < 3 {
		t.Fatalf("%d cases, %v", len(v.Cases), err)
	}
	b := tree["policies/gates/gates_cases.yaml"].Data
	tree["policies/gates/gates_cases.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(b), "codes: [region_not_allowed]", "codes: [region_is_bad]", 1))}
	_, err = Validate(t.Context(), tree, "x", time.Now())
	if core.CodeOf(err) != core.Invalid || !strings.Contains(err.Error(), "policies/gates/gates_cases.yaml:4:5: The policy case") || !strings.Contains(err.Error(), "The denials are region_not_allowed, not region_is_bad.") {
		t.Errorf("%v", err)
	}
}

// Whatever stands in a file of cases, it is read or refused with its place.
func FuzzCases(f *testing.F) {
	for _, seed := range []string{oneCase, "", "cases: []", "cases:\n  - ", "cases: {a: b}", "cases:\n- input: [1, {a: 0x1p-2}, ~, .inf]\n  gate: app.create\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		list, found := readCases("a_cases.yaml", b)
		for _, e := range found {
			if e.Code == core.Internal || !strings.HasPrefix(e.Field, "a_cases.yaml") {
				t.Fatalf("%q: %s at %q: %v", b, e.Code, e.Field, e)
			}
		}
		if len(found) == 0 && len(list) == 0 {
			t.Fatalf("%q: neither cases nor faults", b)
		}
	})
}
