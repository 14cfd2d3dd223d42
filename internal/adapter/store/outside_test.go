package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/testkit"
)

// A decision made elsewhere is kept once for each reporter, and pages go back
// through all of them, or through those that drift.
func TestOutsideDecisions(t *testing.T) {
	testkit.Each(t, func(t *testing.T, g *testkit.Ground) {
		sam, pia := g.Somebody("sam@example.org", core.RoleSecurity), g.Somebody("pia@example.org", core.RolePlatform)
		add := func(o core.OutsideDecision) (added bool) {
			g.Clock.Move(time.Millisecond)
			o.ID = g.IDs.New(g.Clock.Now())
			g.Must(g.InTx(g.Ctx(), func(ctx context.Context) error {
				var err error
				if added, err = g.AddOutsideDecision(ctx, o); err != nil {
					return err
				}
				return g.Audit.Append(ctx, core.Event{Action: "policy.outside", Actor: core.System("test"), Code: "ok"})
			}))
			return added
		}
		var first core.OutsideDecision
		for i := range 5 {
			o := core.OutsideDecision{Reporter: sam.ID, Decision: fmt.Sprint("d", i), Source: "opa-1", Revision: "sha256:1", Query: "paddock_decision/app/deploy",
				Gate: core.GateAppDeploy, InputDigest: "sha256:2", Result: core.AnswerCodes{Deny: []string{"a"}, Warn: []string{}, Approve: []string{}}, Masked: []string{"/input/x"},
				Made: 5, Received: 7, InForce: i != 1, Compared: core.Same}
			if i == 3 {
				o.Compared, o.Why = core.Differs, "only here: deny b"
			}
			if !add(o) {
				t.Errorf("%d was not new", i)
			}
			if i == 0 {
				first = o
			}
		}
		again := first
		if add(again) {
			t.Error("the same decision was kept twice")
		}
		again.Reporter = pia.ID
		if !add(again) {
			t.Error("another reporter's decision took its place")
		}
		names := func(drift bool, before core.ID, most int) (out string, last core.ID) {
			list, err := g.OutsideDecisions(g.Ctx(), before, drift, most)
			g.Must(err)
			for _, o := range list {
				out, last = out+" "+o.Decision, o.ID
			}
			return out, last
		}
		page, last := names(false, "", 3)
		rest, _ := names(false, last, 10)
		drifted, _ := names(true, "", 10)
		if page != " d0 d4 d3" || rest != " d2 d1 d0" || drifted != " d3 d1" {
			t.Errorf("pages %q and %q, drift %q", page, rest, drifted)
		}
		all, err := g.OutsideDecisions(g.Ctx(), "", false, 10)
		g.Must(err)
		got := all[len(all)-1]
		first.ID, first.ReporterBy = got.ID, "sam@example.org"
		if fmt.Sprint(got) != fmt.Sprint(first) {
			t.Errorf("kept %+v\nread %+v", first, got)
		}
	})
}
