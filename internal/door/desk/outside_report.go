package desk

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// AddReport keeps what another tool found in the head of an open change. Errors:
// those of change.TakeOutside.
func (d *Desk) AddReport(ctx context.Context, who core.Person, app, commit string, body []byte) (view.OutsideReport, error) {
	a, err := d.app(ctx, who, app, authz.ReportAdd)
	if err != nil {
		return view.OutsideReport{}, err
	}
	r, err := d.Changes.TakeOutside(ctx, who, actor(ctx, who), a.ID, commit, body)
	return outsideReport(r), err
}

// Reports lists what other tools found in a commit.
func (d *Desk) Reports(ctx context.Context, who core.Person, app, commit string) ([]view.OutsideReport, error) {
	a, err := d.app(ctx, who, app, authz.AppRead)
	if err != nil {
		return nil, err
	}
	all, err := d.Store.OutsideReports(ctx, a.ID, commit)
	if err != nil {
		return nil, err
	}
	out := make([]view.OutsideReport, len(all))
	for i, r := range all {
		out[i] = outsideReport(r)
	}
	return out, nil
}

func outsideReport(r core.OutsideReport) view.OutsideReport {
	return view.OutsideReport{Tools: r.Tools, Commit: r.Commit, Digest: r.Digest, Results: r.Results, From: r.ReporterBy, Received: moment(r.Received)}
}
