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
	if err := ofItsRun(who, commit); err != nil {
		return view.OutsideReport{}, err
	}
	r, err := d.Changes.TakeOutside(ctx, who, actor(ctx, who), a.ID, commit, body)
	return outsideReport(r), err
}

// ofItsRun holds a pipeline to the commit of its run.
func ofItsRun(who core.Person, commit string) error {
	if who.Service == nil || commit == who.Service.Commit {
		return nil
	}
	return core.Errorf(core.Forbidden, "This access token is of a run of the commit %.12s; it brings nothing for %.12s.", who.Service.Commit, commit).At("commit").
		Hinted("Run the pipeline on that commit.")
}

// AddOwnReport keeps what Paddock's own checks said of the head of an open change
// elsewhere. Errors: those of change.TakeOwn.
func (d *Desk) AddOwnReport(ctx context.Context, who core.Person, app, commit string, body []byte) (view.OutsideReport, error) {
	a, err := d.app(ctx, who, app, authz.ReportAdd)
	if err != nil {
		return view.OutsideReport{}, err
	}
	if err := ofItsRun(who, commit); err != nil {
		return view.OutsideReport{}, err
	}
	r, err := d.Changes.TakeOwn(ctx, who, actor(ctx, who), a, commit, body)
	return ownReport(r), err
}

// Reports lists what other tools, and our own elsewhere, found in a commit.
func (d *Desk) Reports(ctx context.Context, who core.Person, app, commit string) ([]view.OutsideReport, error) {
	a, err := d.app(ctx, who, app, authz.AppRead)
	if err != nil {
		return nil, err
	}
	all, err := d.Store.OutsideReports(ctx, a.ID, commit)
	if err != nil {
		return nil, err
	}
	own, err := d.Store.OwnReports(ctx, a.ID, commit)
	if err != nil {
		return nil, err
	}
	out := make([]view.OutsideReport, 0, len(all)+len(own))
	for _, r := range all {
		out = append(out, outsideReport(r))
	}
	for _, r := range own {
		out = append(out, ownReport(r))
	}
	return out, nil
}

func ownReport(r core.OwnReport) view.OutsideReport {
	return view.OutsideReport{Tools: r.Tool, Commit: r.Commit, Digest: r.Digest, Results: r.Findings, From: r.ReporterBy, Received: moment(r.Received),
		Counts: "a record: this server's own checks decide", Verdict: string(r.Verdict), Partial: r.Partial, Source: string(r.Source), Signer: r.Signer}
}

func outsideReport(r core.OutsideReport) view.OutsideReport {
	return view.OutsideReport{Tools: r.Tools, Commit: r.Commit, Digest: r.Digest, Results: r.Results, From: r.ReporterBy, Received: moment(r.Received), Counts: "as the findings of this server's own checks"}
}
