package policy_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// A gate is taken apart when it is first asked. Which gate is asked first, or that
// many ask at once, changes no key: no two gates share one, and two sets of the
// same rules agree.
func TestGatesInAnyOrder(t *testing.T) {
	in := someInput(rand.New(rand.NewPCG(3, 4)))
	rules := map[string][]byte{}
	for _, g := range core.Gates {
		rules[string(g)+".rego"] = []byte("package paddock." + string(g) + "\n\ndeny contains {\"code\": \"c\", \"message\": \"m\"} if input.actor.email == \"nobody\"\n")
	}
	forth, back := compile(t, rules, nil, nil), compile(t, rules, nil, nil)
	keys := func(set *policy.Set, gates []core.Gate) map[core.Gate]projection.Key {
		var mu sync.Mutex
		var all sync.WaitGroup
		out := map[core.Gate]projection.Key{}
		for _, g := range gates {
			in.Gate = "" // the same document at every gate
			doc, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				k, err := set.Key(g, doc)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				out[g] = k
			})
		}
		all.Wait()
		return out
	}
	gates := slices.Clone(core.Gates)
	first := map[core.Gate]projection.Key{}
	for _, g := range gates { // one after another
		for gate, k := range keys(forth, []core.Gate{g}) {
			first[gate] = k
		}
	}
	slices.Reverse(gates)
	second := keys(back, gates)
	seen := map[projection.Key]core.Gate{}
	for _, g := range gates {
		if first[g] != second[g] {
			t.Errorf("%s: the key depends on what was asked before", g)
		}
		if other, twice := seen[first[g]]; twice {
			t.Errorf("%s and %s share a key", g, other)
		}
		seen[first[g]] = g
	}
}
