package pods_test

import (
	"encoding/json"
	"testing"

	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

// TestCases holds that the list is long, that names are unique, and that each
// Pod differs from all others.
func TestCases(t *testing.T) {
	place := pods.Place{Namespace: "n", App: "a", Environment: "e", Region: "r", Target: "t", Registry: "registry.example.eu"}
	names, bodies, bad := map[string]bool{}, map[string]string{}, 0
	all := pods.Cases(place)
	for _, c := range all {
		if names[c.Name] {
			t.Errorf("two Pods are named %s", c.Name)
		}
		names[c.Name] = true
		body, err := json.Marshal(c.Pod["spec"])
		if err != nil {
			t.Fatal(err)
		}
		labels, _ := json.Marshal(c.Pod["metadata"].(pods.Object)["labels"])
		if other := bodies[string(body)+string(labels)]; other != "" {
			t.Errorf("%s is the same as %s", c.Name, other)
		}
		bodies[string(body)+string(labels)] = c.Name
		if len(c.Want) > 0 {
			bad++
		}
	}
	if len(all) < 60 || bad < 45 || len(all)-bad < 15 {
		t.Errorf("%d Pods, %d of them bad", len(all), bad)
	}
	again, _ := json.Marshal(pods.Cases(place))
	if first, _ := json.Marshal(all); string(first) != string(again) {
		t.Error("the list changes from call to call")
	}
}
