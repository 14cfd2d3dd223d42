package guardrails_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/adapter/target/kubernetes/guardrails"
	"github.com/paddock-dev/paddock/internal/testkit/kube"
	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

// inForce makes a namespace that has the labels and no other guard, applies the
// policies to the cluster, and waits until each of them decides. When the test
// ends it waits until none does.
func inForce(t *testing.T, c *kube.Cluster) pods.Place {
	t.Helper()
	p := place
	p.Namespace = c.Namespace(t, p.Labels())
	cases := pods.Cases(p)
	bad := map[string]kube.Object{
		"paddock-workloads": cases[len(cases)-1].Pod,
		"paddock-services": {"apiVersion": "v1", "kind": "Service", "metadata": kube.Object{"name": "x", "namespace": p.Namespace},
			"spec": kube.Object{"type": "NodePort", "ports": []any{kube.Object{"port": 80}}}},
		"paddock-namespaces": {"apiVersion": "v1", "kind": "Namespace", "metadata": kube.Object{"name": "open", "labels": kube.Object{"paddock.dev/managed": "true"}}},
	}
	refuses := func(policy string) bool {
		return strings.Contains(c.Admin().Try(t, bad[policy]).Message, "'"+policy+"'")
	}
	t.Cleanup(func() {
		for policy := range bad {
			c.Await(t, "the end of "+policy, func() bool { return !refuses(policy) })
		}
	})
	c.ApplyAll(t, plain(t, guardrails.Policies(rules))...)
	for policy := range bad {
		c.Await(t, policy, func() bool { return refuses(policy) })
	}
	return p
}

// prepared makes the app's namespace, once the one of an earlier test is gone.
func prepared(t *testing.T, c *kube.Cluster) {
	t.Helper()
	objects, err := guardrails.Namespace(app)
	if err != nil {
		t.Fatal(err)
	}
	all := plain(t, objects)
	c.Await(t, "no namespace", func() bool { return c.Admin().Get(t, all[0]).Reason == "NotFound" })
	start := time.Now()
	c.ApplyAll(t, all...)
	t.Logf("%d guards of a new app are in place after %v", len(all), time.Since(start).Round(time.Millisecond))
}

// TestPoliciesDecide holds the policies in CEL to the list of Pods, on a real
// API server and with no other guard in the way.
func TestPoliciesDecide(t *testing.T) {
	c := kube.Start(t)
	p := inForce(t, c)
	for _, o := range pods.Cases(p) {
		a := c.Admin().Try(t, o.Pod)
		if a.OK() != (len(o.Want) == 0) {
			t.Errorf("%s: %v, want %v", o.Name, a, o.Want)
			continue
		}
		if !a.OK() && !slices.ContainsFunc(o.Want, func(code string) bool { return strings.Contains(a.Message, "denied request: "+code+": ") }) {
			t.Errorf("%s: refused for another reason: %v, want %v", o.Name, a, o.Want)
		}
	}
}
