package policy_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// plain evaluates a gate with OPA alone: nothing is taken apart or remembered.
type plain struct {
	deny, approve rego.PreparedEvalQuery
}

func plainly(t testing.TB, rules map[string][]byte, gate core.Gate) plain {
	t.Helper()
	query := func(answer string) rego.PreparedEvalQuery {
		options := []func(*rego.Rego){rego.Query("x := {r | some r in data.paddock." + string(gate) + "." + answer + "}"), rego.StrictBuiltinErrors(true)}
		for name, text := range rules {
			if !strings.HasSuffix(name, "_test.rego") {
				version := ast.RegoV1
				if strings.Contains(name, ".v0.") || strings.HasSuffix(name, "container.rego") {
					version = ast.RegoV0
				}
				m, err := ast.ParseModuleWithOpts(name, string(text), ast.ParserOptions{RegoVersion: version})
				if err != nil {
					t.Fatal(err)
				}
				options = append(options, rego.ParsedModule(m))
			}
		}
		q, err := rego.New(options...).PrepareForEval(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	return plain{query("deny"), query("approve")}
}

// says lists the codes and roles, in the form of the function said.
func (p plain) says(t testing.TB, doc []byte) []string {
	t.Helper()
	var in any
	if err := json.Unmarshal(doc, &in); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, q := range []struct {
		query rego.PreparedEvalQuery
		key   string
	}{{p.deny, "message"}, {p.approve, "role"}} {
		rs, err := q.query.Eval(context.Background(), rego.EvalInput(in))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rs[0].Bindings["x"].([]any) {
			out = append(out, r.(map[string]any)[q.key].(string))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func said(v core.Verdicts) (out []string) {
	for _, d := range v.Deny {
		out = append(out, d.Message)
	}
	for _, n := range v.Approve {
		out = append(out, string(n.Role))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// starter are the policies that Paddock ships.
func starter(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	root := "../../../governance/policies"
	for _, glob := range []string{"*.rego", "gates/*.rego"} {
		found, err := filepath.Glob(filepath.Join(root, glob))
		if err != nil || len(found) == 0 {
			t.Fatal("no policies found", err)
		}
		for _, f := range found {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[strings.TrimPrefix(f, root+"/")] = text
		}
	}
	return out
}

// someInput makes up an app that may break any of the rules.
func someInput(r *rand.Rand) policy.Input {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	some := func(of ...string) []string {
		return slices.DeleteFunc(slices.Clone(of), func(string) bool { return r.IntN(2) == 0 })
	}
	class := func() core.Classification {
		return core.Classification(pick("public", "internal", "restricted", "phi", "secret"))
	}
	region := func() string { return pick("eu-sovereign", "us-east-1", "moon") }
	vendor := func() policy.Vendor {
		return policy.Vendor{Name: pick("mail", "sms"), State: core.VendorState(pick("approved", "pending", "")), Hosts: some("a.example.com", "b.example.org"),
			KnownHosts: some("*.example.com", "b.example.org"), Regions: some("eu-sovereign", "us-east-1"), DPASigned: r.IntN(2) == 0,
			DPAExpires: pick("", "2026-01-01", "2030-01-01"), PrivacyState: pick("approved", "none")}
	}
	in := policy.Input{Now: pick("2025-06-01T00:00:00Z", "2026-06-01T00:00:00Z"), Vendor: vendor()}
	in.App = policy.App{Name: pick("payroll", "rota"), Owner: pick("ann@example.com", "bob@example.com"), Classification: class(), Region: region(),
		Runtime: core.Runtime(pick("serverless", "container")), Audience: pick("owners", "public"), Template: pick("form@1", ""), Image: pick("", "docker.io/x"),
		ImageReg: pick("", "docker.io", "unapproved.registry.com"), Data: some("contact", "health", "payment"),
		Secrets: []core.SecretUse{{Name: pick("key", "token"), Store: pick("platform", "drawer")}}, Budget: policy.Budget{Monthly: float64(r.IntN(400) - 20), Currency: pick("EUR", "USD", "")}}
	for range r.IntN(3) {
		in.App.Vendors = append(in.App.Vendors, vendor())
	}
	in.App.Guardrails.Egress = some("x.example.com")
	in.Template = policy.Template{Name: pick("form", ""), MaxClassification: class(), AllowedRegions: some("eu-sovereign", "us-east-1"), RequiredScans: some("secrets", "sca"),
		Course: pick("", "safe-apps")}
	in.Actor.Courses = some("safe-apps")
	in.Report = policy.Report{Verdict: core.Verdict(pick("pass", "blocked")), Checks: []policy.Check{{Name: "secrets", Verdict: core.Verdict(pick("pass", "blocked"))}}}
	in.Artifact = policy.Artifact{Digest: pick("", "sha256:1"), SBOM: pick("", "sha256:2"), Provenance: pick("", "sha256:3"), Signed: r.IntN(2) == 0}
	in.Target = policy.Target{Name: "t", Region: region()}
	in.Org = policy.Org{Regions: some("eu-sovereign", "us-east-1"), ApprovedRegistries: some("docker.io"), ApprovedRuntimes: []core.Runtime{"serverless"},
		AllowedStores: []string{"platform"}, Currency: "EUR", BudgetLimit: 200,
		Approvals: []policy.OrgNeed{{Gate: core.GateChangeMerge, Classification: "phi", Role: "privacy", Reason: "Health data."}}}
	return in
}

// NEW-1, promise 2: taking policies apart and remembering answers changes no
// answer. Random inputs meet each other's memories here.
func TestPartsAnswerLikeTheWhole(t *testing.T) {
	rules := starter(t)
	set := compile(t, rules, nil, nil)
	r := rand.New(rand.NewPCG(1, 2))
	for _, gate := range []core.Gate{core.GateAppCreate, core.GateChangeMerge, core.GateAppDeploy} {
		whole, remembered, kinds := plainly(t, rules, gate), 0, map[string]bool{}
		for range 700 {
			in := someInput(r)
			in.Gate = gate
			doc, _, err := in.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			a, err := set.Answer(t.Context(), gate, doc)
			if err != nil {
				t.Fatal(err)
			}
			want, got := whole.says(t, doc), said(a.Verdicts)
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s\nanswered %q\nOPA alone %q\nfor %s", gate, got, want, doc)
			}
			again, err := set.Answer(t.Context(), gate, doc)
			if err != nil || !again.Seen || !reflect.DeepEqual(again.Verdicts, a.Verdicts) || !reflect.DeepEqual(again.Fired, a.Fired) {
				t.Fatalf("asked again: %+v, %v", again, err)
			}
			if a.Seen {
				remembered++
			}
			kinds[strings.Join(got, "|")] = true
		}
		if len(kinds) < 100 {
			t.Errorf("%s gave only %d different answers: the inputs are too much alike", gate, len(kinds))
		}
	}
}

// What fired is said with the place of the clause itself, not of the gate that
// passes it on.
func TestFiredNamesTheClause(t *testing.T) {
	set := compile(t, starter(t), nil, nil)
	in := policy.Input{App: policy.App{Name: "x", Classification: "public", Region: "moon"}, Template: policy.Template{Name: "form", MaxClassification: "public"}}
	in.Org.ApprovedRuntimes = []core.Runtime{""}
	doc, _, err := in.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	a, err := set.Answer(t.Context(), core.GateAppCreate, doc)
	if err != nil || len(a.Fired) != 1 {
		t.Fatalf("fired %+v, %v", a.Fired, err)
	}
	want := core.Fired{Answer: "deny", Code: "region_not_allowed", Rule: "data.paddock.lib.regions.deny", Place: "regions.rego:4:1"}
	if a.Fired[0] != want {
		t.Errorf("fired %+v, want %+v", a.Fired[0], want)
	}
}
