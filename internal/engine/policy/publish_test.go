package policy_test

import (
	"fmt"
	"testing"

	"github.com/paddock-dev/paddock/internal/engine/policy"
)

func TestCompare(t *testing.T) {
	const one, two = `package paddock.app.deploy

deny contains {"code": "stays", "message": "No."} if input.target.region == "a"

deny contains {"code": "changes", "message": "No."} if input.target.region == "b"

warn contains {"code": "goes", "message": "No."} if input.target.region == "c"
`, `package paddock.app.deploy

# A comment more, and another order, change nothing.
deny contains {"code": "changes", "message": "No."} if input.target.region == "bb"

deny contains {"code": "stays", "message": "No."} if input.target.region == "a"

deny contains {"code": "comes", "message": "No."} if input.target.region == "d"
`
	old := payroll
	old.Rule = "stays"
	longer := old
	longer.Expires = "2027-12-31"
	from, err := policy.Compile(t.Context(), files("a.rego", one), nil, policy.Rollout{"stays": {Stage: policy.Warn}}, old)
	if err != nil {
		t.Fatal(err)
	}
	to, err := policy.Compile(t.Context(), files("a.rego", two), nil, policy.Rollout{"changes": {HaltAbove: ptr(2)}}, longer)
	if err != nil {
		t.Fatal(err)
	}
	rules, exempt := policy.Compare(from, to.Halt([]string{"changes"}))
	got := fmt.Sprintf("added %v removed %v changed %v stages %v halted %v", rules.Added, rules.Removed, rules.Changed, rules.Stages, rules.Halted)
	want := `added [comes] removed [goes] changed [changes] stages [{changes enforce {"halt_above":2,"halted":true}} {stays warn enforce}] halted [changes]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if fmt.Sprint(exempt.Added, exempt.Removed) != fmt.Sprint([]policy.Exemption{longer}, []policy.Exemption{old}) {
		t.Errorf("exemptions: %+v", exempt)
	}
	if got := to.HaltsAbove(map[string]int{"changes": 3, "stays": 100}); fmt.Sprint(got) != "[changes]" {
		t.Errorf("halted %v", got)
	}
	if got := to.HaltsAbove(map[string]int{"changes": 2}); len(got) != 0 {
		t.Errorf("halted %v at the limit", got)
	}
}
