package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddOutsideDecision keeps a decision that was made elsewhere, and reports
// whether it is new: one server's decision is kept once for each reporter.
func (d *DB) AddOutsideDecision(ctx context.Context, o core.OutsideDecision) (bool, error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.InsertOutsideDecision(ctx, gen.InsertOutsideDecisionParams{ID: string(o.ID), Reporter: string(o.Reporter), Decision: o.Decision, Source: o.Source, Revision: o.Revision,
		Query: o.Query, Gate: string(o.Gate), InputDigest: o.InputDigest, Result: text(o.Result), Masked: text(append([]string{}, o.Masked...)), Made: o.Made, Received: o.Received,
		InForce: o.InForce, Compared: string(o.Compared), Why: o.Why})
	return n == 1, broken("Keeping a decision made elsewhere", err)
}

// lastID is above every id.
const lastID = "~"

// OutsideDecisions lists decisions made elsewhere, those that came last first:
// older than before ("" for the newest), only those that drift if asked for.
func (d *DB) OutsideDecisions(ctx context.Context, before core.ID, drift bool, most int) ([]core.OutsideDecision, error) {
	const doing = "Listing decisions made elsewhere"
	if before == "" {
		before = lastID
	}
	if drift {
		rows, err := d.r(ctx).ListDriftedDecisions(ctx, gen.ListDriftedDecisionsParams{ID: string(before), Limit: int32(most)})
		return each(rows, err, func(r gen.ListDriftedDecisionsRow) core.OutsideDecision {
			return outside(gen.ListOutsideDecisionsRow(r))
		}, doing)
	}
	rows, err := d.r(ctx).ListOutsideDecisions(ctx, gen.ListOutsideDecisionsParams{ID: string(before), Limit: int32(most)})
	return each(rows, err, outside, doing)
}

func outside(r gen.ListOutsideDecisionsRow) core.OutsideDecision {
	return core.OutsideDecision{ID: core.ID(r.ID), Reporter: core.ID(r.Reporter), ReporterBy: r.Email, Decision: r.Decision, Source: r.Source, Revision: r.Revision, Query: r.Query,
		Gate: core.Gate(r.Gate), InputDigest: r.InputDigest, Result: read[core.AnswerCodes](r.Result), Masked: read[[]string](r.Masked), Made: r.Made, Received: r.Received,
		InForce: r.InForce, Compared: core.Comparison(r.Compared), Why: r.Why}
}
