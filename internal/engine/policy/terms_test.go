package policy_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

func needs(t *testing.T, rule string) core.Verdicts {
	t.Helper()
	set, err := policy.Compile(t.Context(), map[string][]byte{"a.rego": []byte("package paddock.app.deploy\n\n" + rule)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := policy.Fill(core.GateAppDeploy, []byte(`{"app": {"name": "payroll", "classification": "phi"}}`))
	if err != nil {
		t.Fatal(err)
	}
	a, err := set.Answer(t.Context(), core.GateAppDeploy, doc)
	if err != nil {
		t.Fatal(err)
	}
	return a.Verdicts
}

// WFL-1: a policy asks for a quorum, a course, a time and a fresh sign-in, as
// paddock.yaml does; of two rules for one role the strictest terms hold.
func TestTermsOfApprove(t *testing.T) {
	got := needs(t, `approve contains {"role": "privacy", "reason": "B.", "quorum": 2, "certification": "data-basics", "within_hours": 24, "escalate_to": "security", "delegate_role": "security"} if input.app.classification == "phi"

approve contains {"role": "privacy", "reason": "A.", "quorum": 1, "within_hours": 8, "step_up": true, "certification": "phi"} if input.app.name == "payroll"

approve contains {"role": "group:okta/ops", "reason": "C."} if input.app.name == "payroll"

approve contains {"role": "owner", "reason": "D.", "quorum": 1} if input.app.name == "payroll"`).Approve
	want := []core.Need{{Role: "privacy", Reason: "A. B.", Quorum: 2, Certification: "data-basics phi", WithinHours: 8, StepUp: true}, {Role: "owner", Reason: "D."}, {Role: "group:okta/ops", Reason: "C."}}
	if len(got) != len(want) {
		t.Fatalf("needs: %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("need %d: %+v, want %+v", i, got[i], want[i])
		}
	}
}

// A policy that asks for what nobody can give fails closed, and says why.
func TestImpossibleTermsDeny(t *testing.T) {
	for terms, says := range map[string]string{
		`"quorum": 0.5`:              "the quorum of an entry of approve",
		`"quorum": "two"`:            "the quorum of an entry of approve",
		`"quorum": 1000`:             "the quorum of an entry of approve",
		`"quorum": -1`:               "the quorum of an entry of approve",
		`"within_hours": 1e9`:        "the within_hours of an entry of approve",
		`"step_up": "yes"`:           "the step_up of an entry of approve",
		`"escalate_to": "boss"`:      "neither a role nor an e-mail",
		`"delegate_role": "securty"`: `Did you mean "security"`,
		`"quorrum": 2`:               `Did you mean "quorum"`,
	} {
		v := needs(t, `approve contains {"role": "privacy", "reason": "A.", `+terms+`} if input.app.name == "payroll"`)
		if len(v.Deny) != 1 || v.Deny[0].Code != "policy_error" || !strings.Contains(v.Deny[0].Message, says) {
			t.Errorf("%s: %+v", terms, v.Deny)
		}
	}
	if v := needs(t, `approve contains {"role": "group:okta", "reason": "A."} if input.app.name == "payroll"`); len(v.Deny) != 1 {
		t.Errorf("a group without a name: %+v", v)
	}
}
