package app

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// A decision is replayed and explained by the rules that made it, from a running
// server and beside it, also after other rules came into force.
func TestDecisionsAreRecalled(t *testing.T) {
	h := openHouse(t)
	who := somebody(t, h, core.RolePlatform, core.RoleSecurity)
	base, secret := serve(t, h), token(t, h, who, identity.ScopeRead)
	d, err := h.gates.Pass(t.Context(), gate.Question{Gate: core.GateAppCreate, Digest: "form", Actor: core.System("test"), Input: policy.Input{App: policy.App{Region: "nowhere"}}},
		func(context.Context, core.Decision) error { return nil })
	if core.CodeOf(err) != core.Denied || len(d.Fired) == 0 {
		t.Fatalf("%+v %v", d, err)
	}
	run := func(want int, words ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		std := cli.IO{Out: &out, Err: &errs, Dir: t.TempDir(), Env: func(name string) (string, bool) { return secret, name == "PADDOCK_TOKEN" }}
		if got := cli.Main(t.Context(), words, std, Programs("v1")); got != want {
			t.Fatalf("%v: %d %s %s", words, got, out.String(), errs.String())
		}
		return out.String()
	}
	for range 2 {
		for _, at := range [][]string{{"--server", base}, {"--data", h.config.Data}} {
			for part, says := range map[string]string{"show": "app.create: deny", "replay": "The same rules give the same answer.", "explain": "it reads org.approved_runtimes: []"} {
				if out := run(0, append([]string{"decision", part, string(d.ID)}, at...)...); !strings.Contains(out, says) {
					t.Errorf("%s %v: %s", part, at, out)
				}
			}
		}
		revise(t, h, who, map[string]string{"policies/names.rego": "package paddock.app.create\n\ndeny contains \"no\" if input.app.region == \"nowhere\"\n"})
	}
	run(2, "decision", "show", "nothing", "--server", base)
}
