package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddChange keeps a new open change and gives it the app's next number.
func (d *DB) AddChange(ctx context.Context, c core.Change) (core.Change, error) {
	w, err := d.w(ctx)
	if err != nil {
		return c, err
	}
	n, err := w.NextChangeNumber(ctx, string(c.AppID))
	if err != nil {
		return c, broken("Opening a change", err)
	}
	c.Number, c.State, c.Version = int(n), core.ChangeOpen, 1
	return c, broken("Opening a change", w.InsertChange(ctx, gen.InsertChangeParams{ID: string(c.ID), AppID: string(c.AppID), Number: n, Title: c.Title,
		Branch: c.Branch, Head: c.Head, Base: c.Base, Author: string(c.Author), Committers: text(c.Committers), Created: c.Created}))
}

// Change returns an app's change by number. Errors: NotFound.
func (d *DB) Change(ctx context.Context, app core.ID, number int) (core.Change, error) {
	row, err := d.r(ctx).GetChange(ctx, gen.GetChangeParams{AppID: string(app), Number: int64(number)})
	return change(row), found(err, "There is no change %d of this app.", number)
}

// OpenChange returns the open change of a branch. Errors: NotFound.
func (d *DB) OpenChange(ctx context.Context, app core.ID, branch string) (core.Change, error) {
	row, err := d.r(ctx).GetOpenChange(ctx, gen.GetOpenChangeParams{AppID: string(app), Branch: branch})
	return change(row), found(err, "Branch %q has no open change.", branch)
}

// Changes lists an app's last 100 changes, newest first.
func (d *DB) Changes(ctx context.Context, app core.ID) ([]core.Change, error) {
	rows, err := d.r(ctx).ListChanges(ctx, string(app))
	return each(rows, err, change, "Listing changes")
}

// MoveHead keeps a new head of an open change. Errors: Conflict when the
// change was written meanwhile.
func (d *DB) MoveHead(ctx context.Context, c core.Change) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdateChangeHead(ctx, gen.UpdateChangeHeadParams{ID: string(c.ID), Version: c.Version, Head: c.Head, Base: c.Base, Title: c.Title, Committers: text(c.Committers)})
	return changed(n, err, "Updating a change", core.Errorf(core.Conflict, "Change %d was updated meanwhile.", c.Number).Hinted("Load the page again."))
}

// EndChange closes or merges an open change at c.Head: what was pushed to its
// branch since then belongs to no change until it is pushed again. Errors:
// Conflict when the change is not open.
func (d *DB) EndChange(ctx context.Context, c core.Change, state core.ChangeState, at int64, merge string) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.CloseChange(ctx, gen.CloseChangeParams{ID: string(c.ID), Head: c.Head, State: string(state), MergedAt: at, MergeCommit: merge})
	return changed(n, err, "Ending a change", core.Errorf(core.Conflict, "Change %d is not open any more.", c.Number).Hinted("Load the page again."))
}

// PutReport keeps a report; the same commit and policy revision replace it.
func (d *DB) PutReport(ctx context.Context, id, app core.ID, r core.Report, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a report", w.PutReport(ctx, gen.PutReportParams{ID: string(id), AppID: string(app), CommitID: r.Commit, Policy: r.PolicyRevision,
		Verdict: string(r.Verdict), Body: text(r), Sbom: string(r.SBOM), Created: at}))
}

// Report returns the newest report of a commit and when it was made. Errors: NotFound.
func (d *DB) Report(ctx context.Context, app core.ID, commit string) (core.Report, int64, error) {
	row, err := d.r(ctx).GetReport(ctx, gen.GetReportParams{AppID: string(app), CommitID: commit})
	return report(row), row.Created, found(err, "Commit %q has no report yet.", commit)
}

// Reports lists an app's reports, oldest first.
func (d *DB) Reports(ctx context.Context, app core.ID) ([]core.Report, error) {
	rows, err := d.r(ctx).ListReports(ctx, string(app))
	return each(rows, err, report, "Listing reports")
}

func change(r gen.Change) core.Change {
	return core.Change{ID: core.ID(r.ID), AppID: core.ID(r.AppID), Number: int(r.Number), Title: r.Title, Branch: r.Branch, Head: r.Head, Base: r.Base,
		Author: core.ID(r.Author), Committers: read[[]string](r.Committers), State: core.ChangeState(r.State), Created: r.Created, MergedAt: r.MergedAt,
		MergeCommit: r.MergeCommit, Version: r.Version}
}

func report(r gen.Report) core.Report {
	out := read[core.Report](r.Body)
	out.SBOM = []byte(r.Sbom)
	return out
}
