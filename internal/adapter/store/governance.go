package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddGovernanceChange keeps a new open change and gives it the next number.
// Errors: Conflict when its branch has an open change.
func (d *DB) AddGovernanceChange(ctx context.Context, c core.GovernanceChange) (core.GovernanceChange, error) {
	w, err := d.w(ctx)
	if err != nil {
		return c, err
	}
	n, err := w.NextGovernanceNumber(ctx)
	if err != nil {
		return c, broken("Opening a governance change", err)
	}
	c.Number, c.State, c.Updated = int(n), core.ChangeOpen, c.Created
	return c, broken("Opening a governance change", w.InsertGovernanceChange(ctx, gen.InsertGovernanceChangeParams{ID: string(c.ID), Number: n, Branch: c.Branch,
		Head: c.Head, Author: string(c.Author), Report: string(c.Report), Created: c.Created}))
}

// MoveGovernanceChange keeps a new head of an open change, and what checking it
// said. Errors: Conflict when it is not open.
func (d *DB) MoveGovernanceChange(ctx context.Context, c core.GovernanceChange) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdateGovernanceChange(ctx, gen.UpdateGovernanceChangeParams{ID: string(c.ID), Head: c.Head, Author: string(c.Author), Report: string(c.Report), Updated: c.Updated})
	return changed(n, err, "Updating a governance change", core.Errorf(core.Conflict, "Governance change %d is not open any more.", c.Number))
}

// EndGovernanceChange ends an open change at the head that was looked at. Errors:
// Conflict when it is not open there.
func (d *DB) EndGovernanceChange(ctx context.Context, c core.GovernanceChange, state core.ChangeState, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.EndGovernanceChange(ctx, gen.EndGovernanceChangeParams{Number: int64(c.Number), Head: c.Head, State: string(state), Updated: at})
	return changed(n, err, "Ending a governance change", core.Errorf(core.Conflict, "Governance change %d is not open at this commit any more.", c.Number).Hinted("Look at it again."))
}

// GovernanceChange returns a change by number. Errors: NotFound.
func (d *DB) GovernanceChange(ctx context.Context, number int) (core.GovernanceChange, error) {
	row, err := d.r(ctx).GetGovernanceChange(ctx, int64(number))
	return governanceChange(row), found(err, "There is no governance change %d.", number)
}

// OpenGovernanceChange returns the open change of a branch. Errors: NotFound.
func (d *DB) OpenGovernanceChange(ctx context.Context, branch string) (core.GovernanceChange, error) {
	row, err := d.r(ctx).GetOpenGovernanceChange(ctx, branch)
	return governanceChange(row), found(err, "Branch %q has no open governance change.", branch)
}

// GovernanceChangeAt returns the newest open change whose head is a commit.
// Errors: NotFound.
func (d *DB) GovernanceChangeAt(ctx context.Context, head string) (core.GovernanceChange, error) {
	row, err := d.r(ctx).GetGovernanceChangeOf(ctx, head)
	return governanceChange(row), found(err, "No open governance change is at %q.", head)
}

// GovernanceChanges lists the last 100 changes, newest first.
func (d *DB) GovernanceChanges(ctx context.Context) ([]core.GovernanceChange, error) {
	rows, err := d.r(ctx).ListGovernanceChanges(ctx)
	return each(rows, err, governanceChange, "Listing governance changes")
}

func governanceChange(r gen.GovernanceChange) core.GovernanceChange {
	return core.GovernanceChange{ID: core.ID(r.ID), Number: int(r.Number), Branch: r.Branch, Head: r.Head, State: core.ChangeState(r.State), Author: core.ID(r.Author),
		Report: []byte(r.Report), Created: r.Created, Updated: r.Updated}
}

// AddActivation keeps which revision is in force from now on, as the next one
// after a.Number - 1. Errors: Conflict when another one came first.
func (d *DB) AddActivation(ctx context.Context, a core.Activation) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	newest, err := d.Activation(ctx)
	if err != nil {
		return err
	}
	if newest.Number != a.Number-1 {
		return core.Errorf(core.Conflict, "Another revision was put in force meanwhile.").Hinted("Look at it, and try again.")
	}
	return broken("Activating a revision", w.InsertActivation(ctx, gen.InsertActivationParams{Number: int64(a.Number), CommitID: a.Commit, Policy: a.Policy,
		Halted: strings.Join(a.Halted, " "), How: a.How, Restores: int64(a.Restores), Change: int64(a.Change), Decision: string(a.Decision), ByPerson: string(a.By), At: a.At}))
}

// Activation returns the newest activation; one with the number 0 if there is
// none yet.
func (d *DB) Activation(ctx context.Context) (core.Activation, error) {
	row, err := d.r(ctx).GetActivation(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return core.Activation{}, nil
	}
	return activation(row), broken("Reading which revision is in force", err)
}

// ActivationOf returns the newest activation of a commit; one with the number 0 if
// it never was in force.
func (d *DB) ActivationOf(ctx context.Context, commit string) (core.Activation, error) {
	row, err := d.r(ctx).GetActivationOf(ctx, commit)
	if errors.Is(err, sql.ErrNoRows) {
		return core.Activation{}, nil
	}
	return activation(row), broken("Reading which revisions were in force", err)
}

// Activations lists the last 1,000, newest first.
func (d *DB) Activations(ctx context.Context) ([]core.Activation, error) {
	rows, err := d.r(ctx).ListActivations(ctx)
	return each(rows, err, activation, "Listing activations")
}

func activation(r gen.Activation) core.Activation {
	return core.Activation{Number: int(r.Number), Commit: r.CommitID, Policy: r.Policy, Halted: strings.Fields(r.Halted), How: r.How, Restores: int(r.Restores),
		Change: int(r.Change), Decision: core.ID(r.Decision), By: core.ID(r.ByPerson), At: r.At}
}
