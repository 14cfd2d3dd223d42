package desk_test

import (
	"context"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/recall"
)

// noHistory has no former rules.
type noHistory struct{}

func (noHistory) Rules(context.Context, string) (*policy.Set, error) {
	return nil, core.Errorf(core.NotFound, "no such rules")
}

// A decision is seen by whoever sees its app; one about no app by readers of the
// whole log. To others it looks as if it were not there.
func TestWhoSeesWhichDecisions(t *testing.T) {
	o := newOffice(t)
	o.desk.Recall = &recall.Recall{Records: o.DB, History: noHistory{}}
	payroll, err := o.DB.AppByName(o.Ctx(), "payroll")
	o.Must(err)
	o.Must(o.Quietly(o.Ctx(), func(ctx context.Context) error {
		if err := o.AddDecision(ctx, core.Decision{ID: "ours", Gate: core.GateAppDeploy, AppID: payroll.ID, Result: core.Allow, Input: []byte("{}")}); err != nil {
			return err
		}
		return o.AddDecision(ctx, core.Decision{ID: "org", Gate: core.GatePolicyPublish, Result: core.Allow, Input: []byte("{}")})
	}))
	for _, c := range []struct {
		who       core.Person
		ours, org bool
	}{{o.hana, true, false}, {o.colin, false, false}, {o.aude, true, true}, {o.pia, true, true}, {core.Person{}, false, false}} {
		for id, may := range map[core.ID]bool{"ours": c.ours, "org": c.org, "none": false} {
			_, err := o.desk.Decision(o.Ctx(), c.who, id)
			_, replay := o.desk.ReplayDecision(o.Ctx(), c.who, id)
			_, explain := o.desk.ExplainDecision(o.Ctx(), c.who, id)
			if may != (err == nil) || !may && (core.CodeOf(err) != core.NotFound || core.CodeOf(replay) != core.NotFound || core.CodeOf(explain) != core.NotFound) {
				t.Errorf("%s asks for %s: %v, %v, %v", c.who.Email, id, err, replay, explain)
			}
			if !may && err.Error() != replay.Error() {
				t.Errorf("%s tells %s apart: %v and %v", c.who.Email, id, err, replay)
			}
		}
	}
}
