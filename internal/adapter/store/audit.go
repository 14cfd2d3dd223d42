package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// InsertEvent writes one audit event in the transaction of ctx. leaf and
// opening are kept byte for byte.
func (d *DB) InsertEvent(ctx context.Context, e core.Event, leaf, opening string) error {
	if _, err := d.w(ctx); err != nil {
		return err
	}
	t := txOf(ctx)
	t.events++
	row := []any{string(e.ID), e.At, e.Action, string(e.Actor.Kind), string(e.Actor.ID), e.Actor.Name, e.Actor.Door,
		string(e.AppID), string(e.Gate), e.Target, e.Code, leaf, opening}
	return broken("Recording what happened", d.note(ctx, t.tx, row))
}

// note writes the row of an event, and that it is pending.
func (d *DB) note(ctx context.Context, tx *sql.Tx, row []any) error {
	if d.Engine() == Postgres {
		_, err := tx.ExecContext(ctx, insertBothSQL, row...)
		return err
	}
	_, err := tx.StmtContext(ctx, d.noted.event).ExecContext(ctx, row...)
	if err == nil {
		_, err = tx.StmtContext(ctx, d.noted.pending).ExecContext(ctx, row[0])
	}
	return err
}

// noted are the statements of every act on SQLite, prepared once for the writer.
type noted struct{ event, pending *sql.Stmt }

// prepare prepares them.
func (n *noted) prepare(ctx context.Context, writer *sql.DB) (err error) {
	if n.event, err = writer.PrepareContext(ctx, gen.InsertEvent); err != nil {
		return err
	}
	n.pending, err = writer.PrepareContext(ctx, gen.InsertPending)
	return err
}

// insertBothSQL writes an event and notes it as pending in one round trip to the
// server. SQLite's dialect has not got that.
const insertBothSQL = `WITH written AS (
INSERT INTO audit_event (id, at, action, actor_kind, actor_id, actor_name, door, app_id, gate, target, code, leaf, opening)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id)
INSERT INTO audit_pending (event_id) SELECT id FROM written`

// Size returns the number of leaves in the audit tree.
func (d *DB) Size(ctx context.Context) (int64, error) {
	n, err := d.r(ctx).TreeSize(ctx)
	return n, broken("Reading the audit tree", err)
}

// Pending returns the oldest events that are not in the tree yet, at most limit.
func (d *DB) Pending(ctx context.Context, limit int) ([]core.AuditPending, error) {
	rows, err := d.r(ctx).PendingEvents(ctx, int32(limit))
	return each(rows, err, func(r gen.PendingEventsRow) core.AuditPending {
		return core.AuditPending{ID: core.ID(r.ID), Leaf: r.Leaf, App: core.ID(r.AppID), Action: r.Action, Actor: core.ID(r.ActorID), Gate: core.Gate(r.Gate), Code: r.Code}
	}, "Reading the audit log")
}

// Nodes returns n hashes of the audit tree from index first on: those of leaves
// at level 0, else the roots of full tiles.
func (d *DB) Nodes(ctx context.Context, level int, first int64, n int) ([][32]byte, error) {
	const doing = "Reading the audit tree"
	var texts []string
	var err error
	if level == 0 {
		texts, err = d.r(ctx).LeafHashes(ctx, gen.LeafHashesParams{First: first, Past: first + int64(n)})
	} else {
		texts, err = d.r(ctx).NodeHashes(ctx, gen.NodeHashesParams{Level: int64(level), First: first, Past: first + int64(n)})
	}
	if err != nil {
		return nil, broken(doing, err)
	}
	if len(texts) != n {
		return nil, broken(doing, fmt.Errorf("%d hashes of level %d from %d on, not %d", len(texts), level, first, n))
	}
	out := make([][32]byte, n)
	for i, text := range texts {
		if got, err := hex.Decode(out[i][:], []byte(text)); err != nil || got != len(out[i]) {
			return nil, broken(doing, fmt.Errorf("hash %d of level %d is damaged: %q", first+int64(i), level, text))
		}
	}
	return out, nil
}

// Checkpoint returns the newest signed checkpoint, "" if there is none.
func (d *DB) Checkpoint(ctx context.Context) (string, error) {
	row, err := d.r(ctx).LatestCheckpoint(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return row.Note, broken("Reading the audit tree", err)
}

// Leaves returns n leaves from index first on.
func (d *DB) Leaves(ctx context.Context, first int64, n int) ([]string, error) {
	rows, err := d.r(ctx).LeafRange(ctx, gen.LeafRangeParams{First: first, Past: first + int64(n)})
	if err == nil && len(rows) != n {
		err = fmt.Errorf("%d leaves from index %d on, not %d", len(rows), first, n)
	}
	return each(rows, err, func(r gen.LeafRangeRow) string { return r.Leaf }, "Reading the audit log")
}

// IndexOf returns the index of an event in the tree. Errors: NotFound.
func (d *DB) IndexOf(ctx context.Context, event core.ID) (int64, error) {
	row, err := d.r(ctx).LeafOfEvent(ctx, string(event))
	return row.Idx, found(err, "Event %q is not in the audit tree.", event)
}

// Integrate adds one batch to the audit tree and takes its events off what is
// pending, or does nothing. Errors: Conflict when the tree has grown meanwhile,
// or an event of the batch is not pending any more.
func (d *DB) Integrate(ctx context.Context, b core.AuditBatch) error {
	return d.Quietly(ctx, func(ctx context.Context) error {
		w, err := d.w(ctx)
		if err != nil {
			return err
		}
		size, err := w.TreeSize(ctx)
		if err == nil && size != b.First {
			return outgrown(b.First)
		}
		if err == nil {
			err = d.integrate(ctx, b)
		}
		if err == nil {
			err = w.InsertCheckpoint(ctx, gen.InsertCheckpointParams{Size: b.First + int64(len(b.Events)), Note: b.Checkpoint})
		}
		if taken(err) {
			return outgrown(b.First)
		}
		return broken("Growing the audit tree", err)
	})
}

func outgrown(size int64) error {
	return core.Errorf(core.Conflict, "The audit tree has grown beyond %d leaves meanwhile.", size)
}

// integrate writes the rows of a batch, many in one statement.
func (d *DB) integrate(ctx context.Context, b core.AuditBatch) error {
	leaves := make([][]any, len(b.Events))
	ids := make([]any, len(b.Events))
	for i, e := range b.Events {
		ids[i] = string(e.ID)
		leaves[i] = []any{b.First + int64(i), string(e.ID), hex.EncodeToString(b.Leaves[i][:]), string(e.App), e.Action, string(e.Actor), string(e.Gate), e.Code}
	}
	nodes := make([][]any, len(b.Nodes))
	for i, n := range b.Nodes {
		nodes[i] = []any{n.Level, n.N, hex.EncodeToString(n.Hash[:])}
	}
	gone, err := d.deleteAll(ctx, "audit_pending", "event_id", ids)
	if err == nil && gone != int64(len(ids)) {
		return outgrown(b.First)
	}
	if err == nil {
		err = d.insertAll(ctx, "audit_leaf", []string{"idx", "event_id", "hash", "app_id", "action", "actor_id", "gate", "code"}, leaves)
	}
	if err == nil {
		err = d.insertAll(ctx, "audit_node", []string{"level", "n", "hash"}, nodes)
	}
	return err
}
