package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// WitnessHead returns the checkpoint of another log that was cosigned last; the
// zero value when there is none.
func (d *DB) WitnessHead(ctx context.Context, origin string) (h core.WitnessHead, err error) {
	row, err := d.r(ctx).WitnessHead(ctx, origin)
	if errors.Is(err, sql.ErrNoRows) {
		return h, nil
	}
	if err == nil {
		_, err = hex.Decode(h.Root[:], []byte(row.Root))
	}
	h.Size, h.Note = row.Size, row.Note
	return h, broken("Reading what this witness has cosigned", err)
}

// SwapWitnessHead replaces was by next, if was is still what is kept. Errors:
// Conflict if it is not.
func (d *DB) SwapWitnessHead(ctx context.Context, origin string, was, next core.WitnessHead) error {
	return d.Quietly(ctx, func(ctx context.Context) error {
		w, err := d.w(ctx)
		if err != nil {
			return err
		}
		var n int64
		if was == (core.WitnessHead{}) {
			n, err = w.FirstWitnessHead(ctx, gen.FirstWitnessHeadParams{Origin: origin, Size: next.Size, Root: hex.EncodeToString(next.Root[:]), Note: next.Note})
		} else {
			n, err = w.SwapWitnessHead(ctx, gen.SwapWitnessHeadParams{Origin: origin, Size: next.Size, Root: hex.EncodeToString(next.Root[:]), Note: next.Note,
				WasSize: was.Size, WasRoot: hex.EncodeToString(was.Root[:]), WasNote: was.Note})
		}
		return changed(n, err, "Keeping what this witness has cosigned", core.Errorf(core.Conflict, "A newer checkpoint of %q was cosigned meanwhile.", origin))
	})
}

// WitnessStates lists how asking each witness goes.
func (d *DB) WitnessStates(ctx context.Context) ([]core.WitnessState, error) {
	rows, err := d.r(ctx).WitnessStates(ctx)
	return each(rows, err, func(r gen.Witness) core.WitnessState {
		return core.WitnessState{Witness: r.Name, State: r.State, Size: r.Size, Answered: r.Answered, Since: r.Since, Told: r.Told, Problem: r.Problem}
	}, "Reading the witnesses")
}

// PutWitnessState keeps how asking a witness goes, and with it the cosignature
// c, unless it is nil.
func (d *DB) PutWitnessState(ctx context.Context, s core.WitnessState, c *core.Cosignature) error {
	return d.Quietly(ctx, func(ctx context.Context) error {
		w, err := d.w(ctx)
		if err != nil {
			return err
		}
		if c != nil {
			err = w.AddCosignature(ctx, gen.AddCosignatureParams{Size: c.Size, Witness: c.Witness, Line: c.Line, At: c.At})
		}
		if err == nil {
			err = w.PutWitnessState(ctx, gen.PutWitnessStateParams{Name: s.Witness, State: s.State, Size: s.Size, Answered: s.Answered, Since: s.Since, Told: s.Told, Problem: s.Problem})
		}
		return broken("Keeping what a witness answered", err)
	})
}

// RecentCosignatures lists cosignatures, those of the largest sizes first.
func (d *DB) RecentCosignatures(ctx context.Context, most int) ([]core.Cosignature, error) {
	rows, err := d.r(ctx).RecentCosignatures(ctx, int32(most))
	return each(rows, err, cosignature, "Reading cosignatures")
}

// CosignaturesOf lists the cosignatures of the checkpoint of one size.
func (d *DB) CosignaturesOf(ctx context.Context, size int64) ([]core.Cosignature, error) {
	rows, err := d.r(ctx).CosignaturesOf(ctx, size)
	return each(rows, err, cosignature, "Reading cosignatures")
}

func cosignature(r gen.AuditCosignature) core.Cosignature {
	return core.Cosignature{Size: r.Size, Witness: r.Witness, Line: r.Line, At: r.At}
}

// CheckpointOf returns the checkpoint of one size, as the log signed it. Errors:
// NotFound.
func (d *DB) CheckpointOf(ctx context.Context, size int64) (string, error) {
	note, err := d.r(ctx).CheckpointOf(ctx, size)
	return note, found(err, "There is no checkpoint of %d leaves.", size)
}

// CheckpointCopies lists how far each place has a copy of our checkpoints.
func (d *DB) CheckpointCopies(ctx context.Context) ([]core.CheckpointCopy, error) {
	rows, err := d.r(ctx).CheckpointCopies(ctx)
	return each(rows, err, func(r gen.CheckpointCopy) core.CheckpointCopy {
		return core.CheckpointCopy{Place: r.Place, Size: r.Size, At: r.At, Since: r.Since, Told: r.Told, Problem: r.Problem}
	}, "Reading the copies of checkpoints")
}

// PutCheckpointCopy keeps how far a place has a copy.
func (d *DB) PutCheckpointCopy(ctx context.Context, c core.CheckpointCopy) error {
	return d.Quietly(ctx, func(ctx context.Context) error {
		w, err := d.w(ctx)
		if err != nil {
			return err
		}
		return broken("Keeping how far a copy is", w.PutCheckpointCopy(ctx, gen.PutCheckpointCopyParams{Place: c.Place, Size: c.Size, At: c.At, Since: c.Since, Told: c.Told, Problem: c.Problem}))
	})
}
