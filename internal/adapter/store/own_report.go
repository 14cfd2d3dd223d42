package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// PutOwnReport keeps what Paddock's own checks said of a commit elsewhere, in place
// of what the same person brought in the same way before.
func (d *DB) PutOwnReport(ctx context.Context, r core.OwnReport) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a report", w.PutOwnReport(ctx, gen.PutOwnReportParams{ID: string(r.ID), AppID: string(r.AppID), CommitID: r.Commit, Digest: r.Digest, Body: string(r.Body), Bundle: string(r.Bundle),
		Tool: r.Tool, Verdict: string(r.Verdict), Policy: r.Policy, Findings: int64(r.Findings), Partial: r.Partial, Source: string(r.Source), Signer: r.Signer, Reporter: string(r.Reporter), Received: r.Received}))
}

// OwnReports lists what Paddock's own checks said of a commit elsewhere, the oldest
// first, without the texts.
func (d *DB) OwnReports(ctx context.Context, app core.ID, commit string) ([]core.OwnReport, error) {
	rows, err := d.r(ctx).ListOwnReports(ctx, gen.ListOwnReportsParams{AppID: string(app), CommitID: commit})
	return each(rows, err, func(r gen.ListOwnReportsRow) core.OwnReport {
		return core.OwnReport{ID: core.ID(r.ID), AppID: app, Commit: r.CommitID, Digest: r.Digest, Tool: r.Tool, Verdict: core.Verdict(r.Verdict), Policy: r.Policy, Findings: int(r.Findings),
			Partial: r.Partial, Source: core.ActorKind(r.Source), Signer: r.Signer, Reporter: core.ID(r.Reporter), ReporterBy: r.Email, Received: r.Received}
	}, "Listing reports")
}
