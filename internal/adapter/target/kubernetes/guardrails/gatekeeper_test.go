package guardrails_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
	"github.com/paddock-dev/paddock/internal/testkit/kube/gatekeeper"
	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

// TestGatekeeperAgrees sends the list of Pods to a real API server twice: once
// with the admission policies in force, once with what is written for Gatekeeper
// and a real Gatekeeper. Both refuse the same Pods, Services and workloads.
func TestGatekeeperAgrees(t *testing.T) {
	c := kube.Start(t)
	byPolicy := map[string]bool{}
	t.Run("policies", func(t *testing.T) {
		for note, o := range subjects(inForce(t, c)) {
			byPolicy[note] = !c.Admin().Try(t, o).OK()
		}
	})
	p := place
	p.Namespace = c.Namespace(t, p.Labels())
	gatekeeper.Start(t, c)
	constrain(t, c, guardrails.Templates(), guardrails.Constraints(rules))
	cases := pods.Cases(p)
	for what, o := range map[string]kube.Object{"PaddockWorkload": cases[len(cases)-1].Pod, "PaddockService": subjects(p)["a NodePort"]} {
		c.Await(t, what, func() bool { return strings.Contains(c.Admin().Try(t, o).Message, "denied the request: [paddock]") })
	}
	all := subjects(p)
	for note, o := range all {
		if a := c.Admin().Try(t, o); a.OK() == byPolicy[note] {
			t.Errorf("%s: the admission policies refuse: %t; Gatekeeper: %v", note, byPolicy[note], a)
		}
	}
	for _, o := range cases {
		a := c.Admin().Try(t, o.Pod)
		var said []string
		for line := range strings.SplitSeq(a.Message, "[paddock] ") {
			if code, _, ok := strings.Cut(line, ": "); ok && !strings.Contains(code, " ") {
				said = append(said, code)
			}
		}
		if want := slices.Sorted(slices.Values(o.Want)); !slices.Equal(slices.Sorted(slices.Values(said)), want) {
			t.Errorf("%s: Gatekeeper says %v, want %v: %v", o.Name, said, want, a)
		}
	}
	t.Logf("the same answer to %d objects", len(all))
	boundPolicyDecides(t, c, p)
}

// constrain applies templates, and then constraints as soon as their kinds are there.
func constrain(t *testing.T, c *kube.Cluster, templates, constraints []guardrails.Object) {
	t.Helper()
	c.ApplyAll(t, plain(t, templates)...)
	for _, o := range plain(t, constraints) {
		c.Know(t, o["apiVersion"].(string), o["kind"].(string))
		c.ApplyAll(t, o)
	}
}

// subjects are the Pods of the list and other objects, by name.
func subjects(p pods.Place) map[string]kube.Object {
	out := map[string]kube.Object{}
	for _, c := range pods.Cases(p) {
		out[c.Name] = c.Pod
		for _, kind := range []string{"Deployment", "CronJob"} {
			pod := pods.Cases(p)[slices.IndexFunc(pods.Cases(p), func(o pods.Case) bool { return o.Name == c.Name })].Pod
			out[kind+" of "+c.Name] = workload(kind, pod)
		}
	}
	for note, spec := range map[string]kube.Object{"a ClusterIP": {}, "a LoadBalancer": {"type": "LoadBalancer"}, "a NodePort": {"type": "NodePort"},
		"an outside name": {"type": "ExternalName", "externalName": "evil.example"}, "an outside address": {"externalIPs": []any{"203.0.113.7"}}} {
		out[note] = service(spec)
	}
	for _, o := range out {
		o["metadata"].(kube.Object)["namespace"] = p.Namespace
	}
	return out
}

// boundPolicyDecides holds that Gatekeeper runs the published v0 policy as it is.
func boundPolicyDecides(t *testing.T, c *kube.Cluster, p pods.Place) {
	t.Helper()
	template, constraint, err := guardrails.Bind(published(t))
	if err != nil {
		t.Fatal(err)
	}
	constrain(t, c, []guardrails.Object{template}, []guardrails.Object{constraint})
	bad, other := p.Good("bound"), p.Good("other")
	set(bad, "spec.containers.0.image", "unapproved.registry.com/app"+pods.Digest)
	set(other, "spec.containers.0.image", "evil.example/app"+pods.Digest)
	const says = "registry_not_allowed: The image is from a place that is not allowed. Choose another."
	c.Await(t, "the bound policy", func() bool { return strings.Contains(c.Admin().Try(t, bad).Message, says) })
	if a := c.Admin().Try(t, other); a.OK() || strings.Contains(a.Message, says) {
		t.Errorf("an image that only the guardrails refuse: %v", a)
	}
	if a := c.Admin().Try(t, p.Good("good")); !a.OK() {
		t.Errorf("a good Pod: %v", a)
	}
}
