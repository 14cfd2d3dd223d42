package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddDecision keeps what a gate answered.
func (d *DB) AddDecision(ctx context.Context, x core.Decision) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a decision", w.InsertDecision(ctx, gen.InsertDecisionParams{ID: string(x.ID), Gate: string(x.Gate), AppID: string(x.AppID),
		Subject: x.Subject, Actor: text(x.Actor), Result: string(x.Result), Verdicts: text(x.Verdicts), Policy: x.PolicyRevision,
		InputDigest: x.InputDigest, Input: string(x.Input), RequestID: string(x.RequestID), At: x.At,
		Fired: text(append([]core.Fired{}, x.Fired...)), Took: x.Took}))
}

// Decision returns one decision. Errors: NotFound.
func (d *DB) Decision(ctx context.Context, id core.ID) (core.Decision, error) {
	row, err := d.r(ctx).GetDecision(ctx, string(id))
	return decision(row), found(err, "There is no decision with the id %q.", id)
}

// Decisions lists an app's decisions, oldest first.
func (d *DB) Decisions(ctx context.Context, app core.ID) ([]core.Decision, error) {
	rows, err := d.r(ctx).ListDecisions(ctx, string(app))
	return each(rows, err, decision, "Listing decisions")
}

func decision(r gen.Decision) core.Decision {
	return core.Decision{ID: core.ID(r.ID), Gate: core.Gate(r.Gate), AppID: core.ID(r.AppID), Subject: r.Subject, Actor: read[core.Actor](r.Actor),
		Result: core.Result(r.Result), Verdicts: read[core.Verdicts](r.Verdicts), PolicyRevision: r.Policy, InputDigest: r.InputDigest,
		Input: []byte(r.Input), RequestID: core.ID(r.RequestID), At: r.At, Fired: read[[]core.Fired](r.Fired), Took: r.Took}
}
