package guardrails_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

// evaluate asks a template as Gatekeeper does, and returns its messages.
func evaluate(t *testing.T, templates, constraint kube.Object, o kube.Object) []string {
	t.Helper()
	code := at(t, templates, "spec.targets").([]any)[0].(kube.Object)["code"].([]any)[0].(kube.Object)["source"].(kube.Object)
	version := map[any]ast.RegoVersion{"v0": ast.RegoV0, "v1": ast.RegoV1}[code["version"]]
	options := []func(*rego.Rego){rego.SetRegoVersion(version), rego.StrictBuiltinErrors(true)}
	main := code["rego"].(string)
	pkg := strings.Fields(main[strings.Index(main, "\npackage ")+1:])[1]
	options = append(options, rego.Query("data."+pkg+".violation"), rego.Module("main.rego", main), rego.Input(map[string]any{
		"parameters": at(t, constraint, "spec.parameters"),
		"review": map[string]any{"object": o, "kind": map[string]any{"kind": o["kind"]},
			"namespaceObject": map[string]any{"metadata": map[string]any{"labels": place.Labels()}}}}))
	libs, _ := code["libs"].([]any)
	for i, l := range libs {
		options = append(options, rego.Module(fmt.Sprint("lib", i), l.(string)))
	}
	out, err := rego.New(options...).Eval(t.Context())
	if err != nil || len(out) != 1 {
		t.Fatalf("%v %v", out, err)
	}
	var messages []string
	for _, v := range out[0].Expressions[0].Value.([]any) {
		messages = append(messages, v.(map[string]any)["msg"].(string))
	}
	return messages
}

func codes(messages []string) []string {
	found := map[string]bool{}
	for _, m := range messages {
		code, _, _ := strings.Cut(m, ": ")
		found[code] = true
	}
	return slices.Sorted(maps.Keys(found))
}

// TestRegoDecides holds the rules in Rego to the list of Pods, code by code, as
// Pods and inside of a Deployment and a CronJob.
func TestRegoDecides(t *testing.T) {
	templates, constraints := plain(t, guardrails.Templates()), plain(t, guardrails.Constraints(rules))
	for _, kind := range []string{"Pod", "Deployment", "CronJob"} {
		for _, c := range pods.Cases(place) {
			o := c.Pod
			if kind != "Pod" {
				o = workload(kind, o)
			}
			want := slices.Sorted(slices.Values(c.Want))
			if got := codes(evaluate(t, templates[0], constraints[0], o)); !slices.Equal(got, want) {
				t.Errorf("%s %s: %v, want %v", kind, c.Name, got, want)
			}
		}
	}
	for note, o := range map[string]kube.Object{"ExternalName": service(kube.Object{"type": "ExternalName"}), "NodePort": service(kube.Object{"type": "NodePort"}),
		"address": service(kube.Object{"externalIPs": []any{"203.0.113.7"}})} {
		if got := evaluate(t, templates[1], constraints[1], o); len(got) != 1 {
			t.Errorf("a Service with %s: %v", note, got)
		}
	}
	if got := evaluate(t, templates[1], constraints[1], service(kube.Object{})); len(got) != 0 {
		t.Errorf("a good Service: %v", got)
	}
}

// TestNoRegistry holds that an organisation that approves no registry gets no image in.
func TestNoRegistry(t *testing.T) {
	constraints := plain(t, guardrails.Constraints(guardrails.Rules{}))
	got := codes(evaluate(t, plain(t, guardrails.Templates())[0], constraints[0], place.Good("x")))
	if !slices.Equal(got, []string{"workload_image_not_approved"}) {
		t.Error(got)
	}
}

// published is the v0 policy that people brought, unchanged.
func published(t *testing.T) guardrails.Bound {
	t.Helper()
	text, err := os.ReadFile("../../../../../governance/testdata/published/policy-container.v0.rego")
	if err != nil {
		t.Fatal(err)
	}
	return guardrails.Bound{Query: "data.policy.container.allow", Code: "registry_not_allowed", Message: "The image is from a place that is not allowed.",
		Fix: "Choose another.", Files: map[string]string{"policies/container.rego": string(text), "policies/other.rego": "package other\n\nallow := data.else"}}
}

// bind returns the two objects of a bound policy as they are sent.
func bind(t *testing.T, b guardrails.Bound) (templates, constraint kube.Object) {
	t.Helper()
	one, two, err := guardrails.Bind(b)
	if err != nil {
		t.Fatal(err)
	}
	all := plain(t, []guardrails.Object{one, two})
	return all[0], all[1]
}

// TestBound holds that a bound policy decides about each container by its own words.
func TestBound(t *testing.T) {
	v1 := published(t)
	v1.Query = "data.policy.container_images.allow"
	v1.Files = map[string]string{"a.rego": "package policy.container_images\n\ndefault allow := false\n\nallow if data.policy.container_images.good\n",
		"b.rego":      "package policy.container_images\n\ngood if not input.image_reg in {\"unapproved.registry.com\"}\n",
		"b_test.rego": "package policy.container_images\n\ntest_x if data.nowhere.x\n"}
	for _, b := range []guardrails.Bound{published(t), v1} {
		templates, constraint := bind(t, b)
		for _, c := range []struct {
			note   string
			change func(o kube.Object)
			want   int
		}{
			{"good", func(kube.Object) {}, 0},
			{"elsewhere", func(o kube.Object) { set(o, "spec.containers.0.image", "evil.example/x") }, 0}, // not this policy's affair
			{"unapproved", func(o kube.Object) { set(o, "spec.containers.0.image", "unapproved.registry.com/x:1") }, 1},
			{"unapproved init", func(o kube.Object) {
				set(o, "spec.initContainers", []any{kube.Object{"name": "i", "image": "unapproved.registry.com/x"}})
			}, 1},
		} {
			o := place.Good("x")
			c.change(o)
			if got := evaluate(t, templates, constraint, o); len(got) != c.want || c.want == 1 && !strings.HasPrefix(got[0], "registry_not_allowed: The image is from a place") {
				t.Errorf("%s: %s: %v, want %d", b.Query, c.note, got, c.want)
			}
			if got := evaluate(t, templates, constraint, workload("Deployment", o)); len(got) != c.want {
				t.Errorf("%s: %s in a Deployment: %v", b.Query, c.note, got)
			}
		}
	}
}

// TestBoundFaults holds that what Gatekeeper could not run is refused here.
func TestBoundFaults(t *testing.T) {
	for note, files := range map[string]map[string]string{
		"nothing":       {"a.rego": "package other\n\nallow := true\n"},
		"other package": {"a.rego": "package policy.container\n\nallow if data.org.good\n"},
		"imported":      {"a.rego": "package policy.container\n\nimport data.org\n\nallow if org.good\n"},
		"two versions":  {"a.rego": "package policy.container\n\nallow if good\n", "b.rego": "package policy.container\n\ngood { input.x }\n"},
	} {
		b := published(t)
		b.Files = files
		if _, _, err := guardrails.Bind(b); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s: %v", note, err)
		}
	}
}
