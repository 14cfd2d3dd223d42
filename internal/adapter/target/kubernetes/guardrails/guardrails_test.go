package guardrails_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

var (
	home  = core.Target{Name: "eu-cluster", Region: "eu-sovereign", Kind: "kubernetes"}
	rules = guardrails.Rules{Registries: []string{"registry.example.eu"}, Targets: []core.Target{home, {Name: "us-cluster", Region: "us-east-1", Kind: "kubernetes"}}}
	app   = guardrails.App{Name: "candidate-tracker", Target: home, Limits: core.Guardrails{CPUMillis: 250},
		Defaults: core.Guardrails{CPUMillis: 500, MemoryMiB: 128, StorageMiB: 100}}
	place = pods.Place{Namespace: "paddock-candidate-tracker--production", App: "candidate-tracker", Environment: "production",
		Region: home.Region, Target: home.Name, Registry: "registry.example.eu"}
)

// plain turns objects into what JSON has of them, which is what is sent.
func plain(t *testing.T, objects []guardrails.Object) []kube.Object {
	t.Helper()
	text, err := guardrails.YAML(objects)
	if err != nil {
		t.Fatal(err)
	}
	return kube.Decode(t, text)
}

// namespace returns the objects of app's namespace by kind and name.
func namespace(t *testing.T, a guardrails.App) map[string]kube.Object {
	t.Helper()
	objects, err := guardrails.Namespace(a)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]kube.Object{}
	for _, o := range plain(t, objects) {
		out[o["kind"].(string)+"/"+at(t, o, "metadata.name").(string)] = o
	}
	return out
}

// at returns what is at a path; a ~ stands for a dot in a key.
func at(t *testing.T, o any, path string) any {
	t.Helper()
	for _, key := range strings.Split(path, ".") {
		m, ok := o.(kube.Object)
		if !ok {
			return nil
		}
		o = m[strings.ReplaceAll(key, "~", ".")]
	}
	return o
}

// TestNamespace holds what the manifests of an app's namespace mean.
func TestNamespace(t *testing.T) {
	objects := namespace(t, app)
	for _, c := range []struct {
		object, path string
		want         any
	}{
		{"Namespace/" + place.Namespace, "metadata.labels.paddock~dev/managed", "true"},
		{"Namespace/" + place.Namespace, "metadata.labels.paddock~dev/app", "candidate-tracker"},
		{"Namespace/" + place.Namespace, "metadata.labels.paddock~dev/environment", "production"},
		{"Namespace/" + place.Namespace, "metadata.labels.paddock~dev/region", "eu-sovereign"},
		{"Namespace/" + place.Namespace, "metadata.labels.pod-security~kubernetes~io/enforce", "restricted"},
		{"Namespace/" + place.Namespace, "metadata.labels.pod-security~kubernetes~io/enforce-version", guardrails.PodSecurity},
		{"ResourceQuota/paddock", "spec.hard.limits~cpu", "750m"},     // three Pods of the app's own 250
		{"ResourceQuota/paddock", "spec.hard.limits~memory", "384Mi"}, // of the organisation's 128
		{"ResourceQuota/paddock", "spec.hard.pods", "3"},
		{"ResourceQuota/paddock", "spec.hard.requests~storage", "100Mi"},
		{"ResourceQuota/paddock", "spec.hard.services~loadbalancers", "0"},
		{"ResourceQuota/paddock", "spec.hard.services~nodeports", "0"},
		{"ServiceAccount/default", "automountServiceAccountToken", false},
		{"ServiceAccount/app", "automountServiceAccountToken", false},
		{"ServiceAccount/paddock-deployer", "automountServiceAccountToken", false},
		{"NetworkPolicy/paddock-closed", "spec.ingress", nil},
		{"NetworkPolicy/paddock-closed", "spec.egress", nil},
	} {
		if got := at(t, objects[c.object], c.path); objects[c.object] == nil || got != c.want {
			t.Errorf("%s: %s is %v, want %v", c.object, c.path, got, c.want)
		}
	}
	for name, o := range objects {
		if kind := o["kind"]; kind != "Namespace" && at(t, o, "metadata.namespace") != place.Namespace {
			t.Errorf("%s is not in the app's namespace", name)
		}
	}
	role, _ := json.Marshal(objects["Role/paddock-deployer"]["rules"])
	for _, no := range []string{"*", "secrets", "pods/exec", "networkpolicies", "resourcequotas", "roles"} {
		if bytes.Contains(role, []byte(`"`+no+`"`)) {
			t.Errorf("the deployer may touch %s", no)
		}
	}
}

// TestNamespaceFaults holds that nothing is written for what cannot be.
func TestNamespaceFaults(t *testing.T) {
	for note, change := range map[string]func(a *guardrails.App){
		"no name":         func(a *guardrails.App) { a.Name = "" },
		"a long name":     func(a *guardrails.App) { a.Name = strings.Repeat("a", 50) },
		"an environment":  func(a *guardrails.App) { a.Environment = "Test 1" },
		"no limit at all": func(a *guardrails.App) { a.Limits, a.Defaults = core.Guardrails{}, core.Guardrails{} },
	} {
		a := app
		change(&a)
		if _, err := guardrails.Namespace(a); core.CodeOf(err) != core.Invalid {
			t.Errorf("%s: %v", note, err)
		}
	}
}

// TestSameBytes holds that the same rules give the same text, whatever the order
// of the settings.
func TestSameBytes(t *testing.T) {
	turned := guardrails.Rules{Registries: rules.Registries, Targets: []core.Target{rules.Targets[1], rules.Targets[0]}}
	first, err := guardrails.YAML(guardrails.Policies(rules))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, err := guardrails.YAML(guardrails.Policies(turned)); err != nil || !bytes.Equal(first, again) {
			t.Fatalf("%v\n%s\n%s", err, first, again)
		}
	}
}

// TestPoliciesHold holds what policies are about and that they fail closed.
func TestPoliciesHold(t *testing.T) {
	for _, o := range plain(t, guardrails.Policies(rules)) {
		name := at(t, o, "metadata.name")
		if o["kind"] == "ValidatingAdmissionPolicyBinding" {
			if list, _ := at(t, o, "spec.validationActions").([]any); len(list) != 1 || list[0] != "Deny" || at(t, o, "spec.policyName") != name {
				t.Errorf("the binding %v does not deny", name)
			}
			continue
		}
		if at(t, o, "spec.failurePolicy") != "Fail" {
			t.Errorf("%v does not fail closed", name)
		}
		if at(t, o, "spec.matchConstraints.namespaceSelector.matchLabels.paddock~dev/managed") != "true" && at(t, o, "spec.matchConditions") == nil {
			t.Errorf("%v is not limited to managed namespaces", name)
		}
	}
}
