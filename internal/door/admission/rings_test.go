package admission_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit/kube/pods"
)

// TestRingsAgree sends the list of Pods to a real API server that asks the door,
// with the starter's policies in force and no other guard in the way. Admission
// policies and Gatekeeper are held to the same list, so all three refuse the same
// Pods.
func TestRingsAgree(t *testing.T) {
	c := newCluster(t, "rings")
	rules := c.Current()
	target := rules.TargetFor(c.app.Descriptor.Region)
	app, environment, _ := core.AppOfNamespace(c.strict)
	cases := pods.Cases(pods.Place{Namespace: c.strict, App: app, Environment: environment, Region: target.Region, Target: target.Name, Registry: rules.Settings.ApprovedRegistries[0]})
	for _, o := range cases {
		a := c.Admin().Try(t, o.Pod)
		if a.OK() != (len(o.Want) == 0) || !a.OK() && !strings.Contains(a.Message, "admission.paddock.dev") {
			t.Errorf("%s: %v, want %v", o.Name, a, o.Want)
		}
	}
	t.Logf("the same answer to %d Pods", len(cases))
}
