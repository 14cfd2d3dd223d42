package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// PutOutsideReport keeps what other tools found in a commit, in place of what the
// same tools found in it before.
func (d *DB) PutOutsideReport(ctx context.Context, r core.OutsideReport) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a report of another tool", w.PutOutsideReport(ctx, gen.PutOutsideReportParams{ID: string(r.ID), AppID: string(r.AppID), CommitID: r.Commit, Tools: r.Tools,
		Digest: r.Digest, Body: string(r.Body), Results: int64(r.Results), Reporter: string(r.Reporter), Received: r.Received}))
}

// OutsideReports lists what other tools found in a commit, by their names.
func (d *DB) OutsideReports(ctx context.Context, app core.ID, commit string) ([]core.OutsideReport, error) {
	rows, err := d.r(ctx).ListOutsideReports(ctx, gen.ListOutsideReportsParams{AppID: string(app), CommitID: commit})
	return each(rows, err, func(r gen.ListOutsideReportsRow) core.OutsideReport {
		return core.OutsideReport{ID: core.ID(r.ID), AppID: core.ID(r.AppID), Commit: r.CommitID, Tools: r.Tools, Digest: r.Digest, Body: []byte(r.Body), Results: int(r.Results),
			Reporter: core.ID(r.Reporter), ReporterBy: r.Email, Received: r.Received}
	}, "Listing reports of other tools")
}
