package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// published is the sample of an allow rule in Rego v0, about an app's image.
const published = `package policy.container
default allow = false
allow {
input.image_reg != "unapproved.registry.com"
}
`

// A rule about an app's image is asked about every image of a workload, and says
// which one it does not allow.
func TestAllowRuleIsAskedForEachImage(t *testing.T) {
	set := compile(t, files("container.rego", published), []policy.Binding{{Query: "data.policy.container.allow", Input: "app",
		Gates: []core.Gate{core.GateWorkloadAdmit, core.GateAppDeploy}}}, nil)
	denied := func(gate core.Gate, own string, images ...string) (out []string) {
		t.Helper()
		in := policy.Input{App: policy.App{Image: own, ImageReg: policy.Registry(own)}}
		for _, image := range images {
			in.Workload.Containers = append(in.Workload.Containers, policy.Container{Image: image})
		}
		in.Workload.Images = policy.Images(in.Workload.Containers)
		v, err := set.Eval(t.Context(), gate, in)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range v.Deny {
			out = append(out, d.Path)
		}
		return out
	}
	const good, bad, worse = "registry.example.eu/a:1", "unapproved.registry.com/b:1", "unapproved.registry.com/c:1"
	for _, c := range []struct {
		own    string
		images []string
		want   string
	}{
		{good, []string{good, good}, ""}, {good, []string{good, bad}, bad}, {bad, []string{good}, ""}, {good, nil, ""}, {bad, nil, ""},
		{good, []string{worse, good, bad, bad}, bad + " " + worse},
	} {
		if got := denied(core.GateWorkloadAdmit, c.own, c.images...); strings.Join(got, " ") != c.want {
			t.Errorf("for %q: %q, want %q", c.images, got, c.want)
		}
	}
	if got := denied(core.GateAppDeploy, bad, good); !slices.Equal(got, []string{""}) {
		t.Errorf("elsewhere the app's own image counts: %q", got)
	}
}

// What a cluster sends may hold anything; it is neither changed nor null.
func TestObjectKeepsItsBytes(t *testing.T) {
	in := policy.Input{Workload: policy.Workload{Object: `{"spec":{"n":1.50,"none":null}}`}}
	doc, _, err := in.Canonical()
	if err != nil || !strings.Contains(string(doc), `"object":{"spec":{"n":1.50,"none":null}}`) {
		t.Fatalf("%s, %v", doc, err)
	}
	back, err := policy.ReadInput(doc)
	if err != nil || back.Workload.Object != in.Workload.Object {
		t.Errorf("%q, %v", back.Workload.Object, err)
	}
	if _, err := policy.ReadInput([]byte(`{"workload":{"object":[1]}}`)); core.CodeOf(err) != core.Unreadable {
		t.Errorf("a list: %v", err)
	}
}
