package whatif_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
)

const gateRego = `package paddock.app.deploy

import data.paddock.lib.rules

deny contains r if some r in rules.deny

warn contains r if some r in rules.warn

approve contains n if some n in rules.approve
`

// clause is one rule of a random policy.
type clause struct{ answer, code, condition string }

var conditions = []string{
	`input.app.region == "moon"`, `input.app.region in {"us-east-1", "moon"}`, `not input.app.region in input.template.allowed_regions`,
	`input.app.classification == "phi"`, `input.app.classification != "public"`, `input.app.budget.monthly > 100`, `input.app.budget.monthly > 30`,
	`some v in input.app.vendors; v.state != "approved"`, `some v in input.app.vendors; not v.dpa_signed`, `count(input.app.vendors) > 1`,
	`"health" in input.app.data`, `input.app.audience == "public"; input.app.classification != "public"`, `startswith(input.app.name, "app-1")`,
	`input.app.owner == "ann@example.com"`, `input.app.image_reg == "docker.io"`, `every v in input.app.vendors { v.dpa_signed }`, `not "platform" in {s.store | some s in input.app.secrets}`,
}

func randomClause(r *rand.Rand, n int) clause {
	return clause{[]string{"deny", "deny", "deny", "warn", "approve"}[r.IntN(5)], fmt.Sprintf("rule_%d", n), conditions[r.IntN(len(conditions))]}
}

func rego(list []clause) map[string][]byte {
	text := strings.Builder{}
	text.WriteString("package paddock.lib.rules\n\ndeny contains {\"code\": \"rule_never\", \"message\": \"Never.\"} if input.app.name == \"\"\n\nwarn contains \"never\" if input.app.name == \"\"\n\napprove contains {\"role\": \"finance\", \"reason\": \"Never.\"} if input.app.name == \"\"\n")
	for _, c := range list {
		entry := fmt.Sprintf(`{"code": %q, "message": sprintf("No to %%s.", [input.app.region]), "fix": "Change it."}`, c.code)
		if c.answer == "approve" {
			entry = fmt.Sprintf(`{"role": "security", "reason": %q}`, c.code)
		}
		fmt.Fprintf(&text, "\n%s contains %s if { %s }\n", c.answer, entry, c.condition)
	}
	return map[string][]byte{"policies/gate.rego": []byte(gateRego), "policies/rules.rego": []byte(text.String())}
}

// fleet makes up n apps.
func fleet(r *rand.Rand, n int, regions []string) []policy.Input {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	out := make([]policy.Input, n)
	for i := range out {
		in := policy.Input{Gate: core.GateAppDeploy, Now: "2026-11-29T12:00:00Z"}
		in.App = policy.App{Name: fmt.Sprintf("app-%d", i), Owner: pick("ann@example.com", "bob@example.com", "eve@example.com"),
			Classification: core.Classification(pick("public", "internal", "restricted", "phi")), Region: pick("eu-sovereign", "us-east-1", "moon"),
			Audience: pick("owners", "public"), ImageReg: pick("", "docker.io"), Budget: policy.Budget{Monthly: float64(r.IntN(200))},
			Data: slices.DeleteFunc([]string{"health", "contact"}, func(string) bool { return r.IntN(3) > 0 }), Secrets: []core.SecretUse{{Name: "k", Store: pick("platform", "drawer")}}}
		for range r.IntN(3) {
			in.App.Vendors = append(in.App.Vendors, policy.Vendor{Name: pick("mail", "sms"), State: core.VendorState(pick("approved", "pending")), DPASigned: r.IntN(2) == 0})
		}
		in.Template.AllowedRegions = regions
		out[i] = in
	}
	return out
}

func subjects(t *testing.T, before, after []policy.Input) iter.Seq2[whatif.Subject, error] {
	doc := func(in policy.Input) []byte {
		b, _, err := in.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return func(yield func(whatif.Subject, error) bool) {
		for i, in := range before {
			s := whatif.Subject{Gate: in.Gate, App: in.App.Name, Owner: in.App.Owner, Classification: in.App.Classification, Inputs: inputs(doc(in), doc(after[i]))}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// inputs are two inputs, or one twice.
func inputs(before, after []byte) func() ([]byte, []byte, error) {
	if bytes.Equal(before, after) {
		after = before
	}
	return func() ([]byte, []byte, error) { return before, after, nil }
}

type book struct{ set *policy.Set }

func (b book) Rules() gate.Rules { return b.set }

type fixed struct{}

func (fixed) Now() time.Time { return time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC) }

func compile(t *testing.T, files map[string][]byte, rollout policy.Rollout) *policy.Set {
	t.Helper()
	s, err := policy.Compile(context.Background(), files, nil, rollout)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// kindOf is what a person would call the change, told from the two answers alone.
func kindOf(before, after core.Verdicts) (kind string, blocked, allowed, waiting bool) {
	b, a := whatif.ResultOf(before), whatif.ResultOf(after)
	return string(b) + " to " + string(a), a == core.Deny && b != core.Deny, a == core.Allow && b != core.Allow, a == core.Waiting && b != core.Waiting
}

// NEW-1, promise 2: for 1,000 random changes of rules, rollout and settings the
// preview says, app by app, what the gate answers once the change is in force.
func TestPreviewIsWhatEnforcementDoes(t *testing.T) {
	const apps = 24
	shifts := map[whatif.Kind]int{}
	for seed := range changes {
		r := rand.New(rand.NewPCG(7, uint64(seed)))
		var list []clause
		for i := range 2 + r.IntN(4) {
			list = append(list, randomClause(r, i))
		}
		next, regions := slices.Clone(list), []string{"eu-sovereign", "us-east-1"}
		var rollout policy.Rollout
		switch r.IntN(4) {
		case 0:
			next = append(next, randomClause(r, 90))
		case 1:
			next = slices.Delete(next, 0, 1)
		case 2:
			next[0].condition = conditions[r.IntN(len(conditions))]
		case 3:
			regions = regions[:1]
			if next[0].answer == "deny" {
				rollout = policy.Rollout{next[0].code: {Stage: policy.Warn}}
			}
		}
		before := fleet(r, apps, []string{"eu-sovereign", "us-east-1"})
		after := slices.Clone(before)
		for i := range after {
			after[i].Template.AllowedRegions = regions
		}
		from, to := compile(t, rego(list), nil), compile(t, rego(next), rollout)
		report, err := whatif.Run(t.Context(), from, to, subjects(t, before, after))
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]whatif.Kind{}
		for _, s := range report.Shifts {
			said[s.App] = s.Kind
			shifts[s.Kind]++
		}
		one, two := enforcer(t, from), enforcer(t, compile(t, rego(next), rollout)) // made anew: it has no answers of the preview's to go by
		for i := range before {
			kind, blocked, allowed, waiting := kindOf(one(before[i]), two(after[i]))
			got := said[before[i].App.Name]
			if blocked != (got == whatif.Blocked) || allowed != (got == whatif.Allowed) || waiting && got != whatif.Waiting {
				t.Fatalf("seed %d, %s: the preview says %q, but enforcement goes from %s\nbefore %+v\nafter %+v", seed, before[i].App.Name, got, kind, list, next)
			}
		}
		if report.Asked != apps || report.Same != apps-len(report.Shifts) {
			t.Fatalf("seed %d: asked %d, same %d, shifts %d", seed, report.Asked, report.Same, len(report.Shifts))
		}
	}
	for _, k := range []whatif.Kind{whatif.Blocked, whatif.Allowed, whatif.Waiting, whatif.Reasons} {
		if shifts[k] < changes/10 {
			t.Errorf("only %d shifts are %s: the changes are too tame", shifts[k], k)
		}
	}
}

// enforcer is the gate under the rules.
func enforcer(t *testing.T, set *policy.Set) func(in policy.Input) core.Verdicts {
	return func(in policy.Input) core.Verdicts {
		d, err := (&gate.Gates{Policy: book{set}, Clock: fixed{}}).Preview(t.Context(), gate.Question{Gate: in.Gate, Input: in})
		if err != nil {
			t.Fatal(err)
		}
		return d.Verdicts
	}
}

// Two clauses that say the same things say them twice: together they may be more
// than a gate reads, and then the gate refuses.
func TestRepeatsCount(t *testing.T) {
	many := func(n int, spare string) string {
		return fmt.Sprintf("\ndeny contains {\"code\": sprintf(\"c%%d\", [i]), \"message\": \"No.\"} if {\n\tsome i in numbers.range(1, %d)%s\n}\n", n, spare)
	}
	head := "package paddock.app.deploy\n"
	from := compile(t, map[string][]byte{"a.rego": []byte(head + many(300, ""))}, nil)
	to := compile(t, map[string][]byte{"a.rego": []byte(head + many(300, "") + many(300, "\n\ti > 0"))}, nil)
	again := compile(t, map[string][]byte{"a.rego": []byte(head + many(300, "\n\ti > 0") + many(300, "\n\ti > -1"))}, nil)
	in := []policy.Input{{Gate: core.GateAppDeploy, App: policy.App{Name: "payroll"}}}
	for name, two := range map[string][2]*policy.Set{"one more": {from, to}, "two for one": {from, again}} {
		got, err := whatif.Run(t.Context(), two[0], two[1], subjects(t, in, in))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Shifts) != 1 || !slices.Contains(got.Shifts[0].Rules, "policy_error") {
			t.Errorf("%s: the gate answers with policy_error, the preview says %+v", name, got.Shifts)
		}
	}
}

func TestReport(t *testing.T) {
	in := func(app, owner, region string, class core.Classification) policy.Input {
		return policy.Input{Gate: core.GateAppDeploy, App: policy.App{Name: app, Owner: owner, Region: region, Classification: class}}
	}
	apps := []policy.Input{in("rota", "bob@example.com", "moon", "internal"), in("payroll", "ann@example.com", "moon", "phi"), in("menu", "ann@example.com", "eu-sovereign", "public")}
	from := compile(t, rego([]clause{{"deny", "old_rule", `input.app.classification == "public"`}}), nil)
	to := compile(t, rego([]clause{{"deny", "moon_rule", `input.app.region == "moon"`}, {"approve", "Ask.", `input.app.classification == "phi"`}}), nil)
	got, err := whatif.Run(t.Context(), from, to, subjects(t, apps, apps))
	if err != nil {
		t.Fatal(err)
	}
	want := []whatif.Shift{
		{Kind: whatif.Blocked, Gate: core.GateAppDeploy, App: "payroll", Owner: "ann@example.com", Classification: "phi", From: core.Allow, To: core.Deny, Rules: []string{"moon_rule"}, Why: "No to moon."},
		{Kind: whatif.Blocked, Gate: core.GateAppDeploy, App: "rota", Owner: "bob@example.com", Classification: "internal", From: core.Allow, To: core.Deny, Rules: []string{"moon_rule"}, Why: "No to moon."},
		{Kind: whatif.Allowed, Gate: core.GateAppDeploy, App: "menu", Owner: "ann@example.com", Classification: "public", From: core.Deny, To: core.Allow, Rules: []string{"old_rule"}, Why: "No to eu-sovereign."},
	}
	if !reflect.DeepEqual(got.Shifts, want) {
		t.Errorf("shifts\n%+v\nwant\n%+v", got.Shifts, want)
	}
	if n := got.AppsBlockedBy()["moon_rule"]; n != 2 || got.Apps(whatif.Blocked) != 2 {
		t.Errorf("moon_rule blocks %d apps, all rules %d", n, got.Apps(whatif.Blocked))
	}
	if o := got.Owners[0]; o.Name != "ann@example.com" || o.Counts[whatif.Blocked] != 1 || o.Counts[whatif.Allowed] != 1 {
		t.Errorf("owners %+v", got.Owners)
	}
}

// What has been answered is taken as it was, even if today's rules would say
// something else.
func TestPastDecision(t *testing.T) {
	set := compile(t, rego(nil), nil)
	doc, _, err := policy.Input{Gate: core.GateAppDeploy, App: policy.App{Name: "payroll"}}.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	s := whatif.Subject{Gate: core.GateAppDeploy, App: "payroll", Decision: "d1", Inputs: inputs(nil, doc), Was: &core.Verdicts{Deny: []core.Reason{{Code: "gone", Message: "It was so."}}}}
	got, err := whatif.Run(t.Context(), set, set, func(yield func(whatif.Subject, error) bool) { yield(s, nil) })
	if err != nil || len(got.Shifts) != 1 || got.Shifts[0].Kind != whatif.Allowed || got.Shifts[0].Decision != "d1" || got.Shifts[0].Why != "It was so." {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatCannotBeEvaluatedIsSaid(t *testing.T) {
	set := compile(t, rego(nil), nil)
	list := func(yield func(whatif.Subject, error) bool) {
		_ = yield(whatif.Subject{Gate: core.GateAppDeploy, App: "broken", Inputs: inputs([]byte("{"), []byte("{}"))}, nil) &&
			yield(whatif.Subject{Gate: core.GateAppDeploy, App: "fine", Inputs: inputs([]byte("{}"), []byte("{}"))}, nil)
	}
	got, err := whatif.Run(t.Context(), set, set, list)
	if err != nil || got.Asked != 2 || got.Counts[whatif.Unknown] != 1 || got.Shifts[0].App != "broken" || !strings.Contains(got.Shifts[0].Why, "not JSON") {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = whatif.Run(t.Context(), set, set, func(yield func(whatif.Subject, error) bool) {
		yield(whatif.Subject{}, errors.New("the list broke off"))
	})
	if err == nil || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("a list that breaks off: %v", err)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err = whatif.Run(ended, set, set, list); core.CodeOf(err) != core.Unavailable {
		t.Errorf("an interrupted preview: %v", err)
	}
}
