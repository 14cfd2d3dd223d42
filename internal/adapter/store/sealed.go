package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddSealedCode keeps a new sealed code.
func (d *DB) AddSealedCode(ctx context.Context, c core.SealedCode) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Sealing a code", w.InsertSealed(ctx, gen.InsertSealedParams{ID: string(c.ID), Hash: c.Hash, PersonID: string(c.Person), Sealed: c.Sealed, SealedBy: c.By}))
}

// EndSealed ends a person's sealed codes that were not used, and counts them.
func (d *DB) EndSealed(ctx context.Context, person core.ID, now int64) (int64, error) {
	w, err := d.w(ctx)
	if err != nil {
		return 0, err
	}
	n, err := w.EndSealed(ctx, gen.EndSealedParams{PersonID: string(person), Ended: now})
	return n, broken("Ending sealed codes", err)
}

// SealedByHash returns a sealed code. Errors: NotFound.
func (d *DB) SealedByHash(ctx context.Context, hash string) (core.SealedCode, error) {
	row, err := d.r(ctx).GetSealed(ctx, hash)
	return sealed(row), found(err, "There is no such code.")
}

// TakeSealed uses a code up, as its fields say; ok is false if it is not in force.
func (d *DB) TakeSealed(ctx context.Context, c core.SealedCode) (ok bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.TakeSealed(ctx, gen.TakeSealedParams{ID: string(c.ID), Now: c.Used, Until: c.Until, Reason: c.Reason, Skipped: c.Skipped, Place: c.From})
	return n == 1, broken("Opening with a code", err)
}

// SealedCodes lists those in force and those that were used, first those that
// wait for a review; at most 200.
func (d *DB) SealedCodes(ctx context.Context) ([]core.SealedCode, error) {
	rows, err := d.r(ctx).ListSealed(ctx)
	return each(rows, err, sealed, "Listing sealed codes")
}

// OpenSealed lists those whose session is open at the moment now.
func (d *DB) OpenSealed(ctx context.Context, now int64) ([]core.SealedCode, error) {
	rows, err := d.r(ctx).ListOpenSealed(ctx, now)
	return each(rows, err, sealed, "Listing sealed codes")
}

// ReviewSealed keeps what the review of a use found. Errors: Conflict if it was
// reviewed, or never used.
func (d *DB) ReviewSealed(ctx context.Context, id, reviewer core.ID, note string, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.ReviewSealed(ctx, gen.ReviewSealedParams{ID: string(id), Reviewed: now, Reviewer: string(reviewer), Note: note})
	return changed(n, err, "Reviewing a use", core.Errorf(core.Conflict, "No use of the code %q waits for a review.", id).Hinted("Load the page again."))
}

func sealed(r gen.SealedCode) core.SealedCode {
	return core.SealedCode{ID: core.ID(r.ID), Hash: r.Hash, Person: core.ID(r.PersonID), Sealed: r.Sealed, By: r.SealedBy, Ended: r.Ended, Used: r.Used, Until: r.Until,
		Reason: r.Reason, Skipped: r.Skipped, From: r.UsedFrom, Reviewed: r.Reviewed, Reviewer: core.ID(r.Reviewer), Note: r.Note}
}
