package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// OutsideDecisions lists decisions that were made elsewhere with our rules, or
// only those that drift from what we would have said.
func (d *Desk) OutsideDecisions(ctx context.Context, who core.Person, drift bool, before string, most int) (view.OutsidePage, error) {
	if err := authz.Can(who, authz.AuditRead, nil); err != nil {
		return view.OutsidePage{}, err
	}
	if most <= 0 || most > 200 {
		most = 50
	}
	list, err := d.Store.OutsideDecisions(ctx, core.ID(before), drift, most+1)
	if err != nil {
		return view.OutsidePage{}, err
	}
	page := view.OutsidePage{Items: []view.OutsideDecision{}}
	if len(list) > most {
		list = list[:most]
		page.Next = string(list[most-1].ID)
	}
	for _, o := range list {
		page.Items = append(page.Items, view.OutsideDecision{ID: o.ID, Decision: o.Decision, Source: o.Source, Reporter: o.ReporterBy, Revision: o.Revision, InForce: o.InForce,
			Query: o.Query, Gate: o.Gate, InputDigest: o.InputDigest, Result: o.Result, Masked: o.Masked, Compared: o.Compared, Why: o.Why, Drift: o.Drifts(),
			Made: moment(o.Made), Received: moment(o.Received)})
	}
	return page, nil
}
