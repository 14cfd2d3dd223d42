package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// A prepared input is byte for byte the one that every other door writes.
func TestPreparedIsCanonical(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		in := someInput(r)
		in.Gate, in.App.Name = core.GateWorkloadAdmit, `"workload":{} "now":""`
		p, err := policy.Prepare(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Now = "2026-03-02T09:00:00Z"
		in.Workload = policy.Workload{Kind: "Pod", Containers: []policy.Container{{Name: "<a>"}}, Object: `{"a":[1,null]}`}
		want, sum, err := in.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		got, digest, err := p.Canonical(in.Now, in.Workload)
		if err != nil || string(got) != string(want) || digest != sum {
			t.Fatalf("prepared %s\ncanonical %s\n%v", got, want, err)
		}
	}
}

// A key is equal for workloads that the rules cannot tell apart, and for no others.
func TestKeyOfAWorkload(t *testing.T) {
	const narrow = "package paddock.workload.admit\n\ndeny contains \"no\" if input.workload.host.pid\n"
	const wide = narrow + "\ndeny contains \"nor\" if input.workload.object.spec.x\n"
	for _, c := range []struct {
		rules string
		reads bool
	}{{narrow, false}, {wide, true}, {narrow + "\ndeny contains \"all\" if count(input.workload) > 99\n", true}} {
		set := compile(t, files("a.rego", c.rules), nil, nil)
		if set.ReadsObject(core.GateWorkloadAdmit) != c.reads || set.ReadsObject(core.GateAppDeploy) {
			t.Errorf("ReadsObject is wrong for %s", c.rules)
		}
		key := func(w policy.Workload) string {
			doc, _, err := policy.Input{Workload: w}.Canonical()
			if err != nil {
				t.Fatal(err)
			}
			k, err := set.Key(core.GateWorkloadAdmit, doc)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := json.Marshal(k)
			return string(b)
		}
		plain := policy.Workload{Name: "a", Object: `{"spec":{"y":1}}`}
		other := policy.Workload{Name: "b", Object: `{"spec":{"x":true}}`}
		if (key(plain) == key(other)) == c.reads {
			t.Errorf("reads %v, keys %s and %s for %s", c.reads, key(plain), key(other), c.rules)
		}
		if key(plain) == key(policy.Workload{HostAccess: policy.HostAccess{PID: true}}) {
			t.Errorf("what the rules read makes no difference to %s", c.rules)
		}
	}
}
