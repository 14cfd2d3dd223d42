package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/recall"
)

// Decision returns a decision about an app that the caller may see; one that is
// about no app is for those who read the whole audit log. Errors: NotFound also for
// one that the caller may not see.
func (d *Desk) Decision(ctx context.Context, who core.Person, id core.ID) (recall.Shown, error) {
	if err := d.maySee(ctx, who, id); err != nil {
		return recall.Shown{}, err
	}
	return d.Recall.Show(ctx, id)
}

// ReplayDecision decides again by the same rules. Errors are those of Decision.
func (d *Desk) ReplayDecision(ctx context.Context, who core.Person, id core.ID) (recall.Replayed, error) {
	if err := d.maySee(ctx, who, id); err != nil {
		return recall.Replayed{}, err
	}
	return d.Recall.Replay(ctx, id)
}

// ExplainDecision says why. Errors are those of Decision.
func (d *Desk) ExplainDecision(ctx context.Context, who core.Person, id core.ID) (recall.Explained, error) {
	if err := d.maySee(ctx, who, id); err != nil {
		return recall.Explained{}, err
	}
	return d.Recall.Explain(ctx, id)
}

func (d *Desk) maySee(ctx context.Context, who core.Person, id core.ID) error {
	none := core.Errorf(core.NotFound, "There is no decision with the id %.60q that you may see.", id).Hinted("Ids are in the audit log, in the events gate.decide.")
	x, err := d.Recall.Records.Decision(ctx, id)
	if core.CodeOf(err) == core.NotFound {
		return none
	}
	if err != nil {
		return err
	}
	if authz.Can(who, authz.AuditRead, nil) == nil {
		return nil
	}
	a, err := d.Recall.Records.App(ctx, x.AppID)
	if x.AppID == "" || core.CodeOf(err) == core.NotFound {
		return none
	}
	if err == nil && authz.Can(who, authz.AppRead, &a) != nil {
		return none
	}
	return err
}
