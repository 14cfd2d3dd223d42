package auditlog

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// Options say what log to write.
type Options struct {
	Events  int           // integrated events
	Pending int           // further events that wait to be integrated
	Batch   int           // leaves under one checkpoint; default 1000
	Signer  note.Signer   // of checkpoints; needed
	Start   time.Time     // of the first event; default 2026-01-05 09:00 UTC
	Every   time.Duration // from one act to the next; default one second
	Seed    uint64        // of ids, salts and choices
}

// perTx is how many batches are committed together.
const perTx = 50

// Write fills db, whose audit tables exist and are empty, and returns the
// newest signed checkpoint ("" without events). db may be SQLite or PostgreSQL.
// The triggers that guard the log stay in place.
func Write(ctx context.Context, db *sql.DB, o Options) (checkpoint string, err error) {
	o.Batch = cmp.Or(o.Batch, 1000)
	o.Every = cmp.Or(o.Every, time.Second)
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	}
	var t tree
	for first := 0; first < o.Events+o.Pending; first += perTx * o.Batch {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return "", err
		}
		if checkpoint, err = o.some(ctx, tx, &t, first, checkpoint); err != nil {
			tx.Rollback()
			return "", err
		}
		if err := tx.Commit(); err != nil {
			return "", err
		}
	}
	return checkpoint, nil
}

// some writes the batches of one transaction, from the event number first on.
func (o Options) some(ctx context.Context, tx *sql.Tx, t *tree, first int, checkpoint string) (string, error) {
	cuts := []int{}
	for at := first; at < min(first+perTx*o.Batch, o.Events+o.Pending); at += o.Batch {
		cuts = append(cuts, at)
	}
	made, err := o.rows(ctx, cuts)
	if err != nil {
		return "", err
	}
	to := newTables(tx)
	for i, rows := range made {
		if err := to.events(ctx, rows); err != nil {
			return "", err
		}
		// The sequencer takes events in the order of their ids.
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.event.ID, b.event.ID) })
		done := max(0, min(len(rows), o.Events-cuts[i]))
		for _, r := range rows[done:] {
			if err := to.pending.add(ctx, string(r.event.ID)); err != nil {
				return "", err
			}
		}
		if err := to.leaves(ctx, t, rows[:done]); err != nil {
			return "", err
		}
		if done == 0 {
			continue
		}
		if checkpoint, err = (audit.Checkpoint{Origin: o.Signer.Name(), Size: t.size, Root: t.root()}).Sign(o.Signer); err != nil {
			return "", err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO audit_checkpoint (size, note) VALUES ($1, $2)", t.size, checkpoint); err != nil {
			return "", err
		}
	}
	return checkpoint, to.flush(ctx)
}

// events inserts events as they were appended.
func (to *tables) events(ctx context.Context, rows []row) error {
	for _, r := range rows {
		e := r.event
		err := to.event.add(ctx, string(e.ID), e.At, e.Action, string(e.Actor.Kind), string(e.Actor.ID), e.Actor.Name, e.Actor.Door,
			string(e.AppID), string(e.Gate), e.Target, e.Code, r.leaf, r.opening)
		if err != nil {
			return err
		}
	}
	return nil
}

// leaves adds rows to the tree.
func (to *tables) leaves(ctx context.Context, t *tree, rows []row) error {
	for _, r := range rows {
		if err := to.leaf.add(ctx, t.size, string(r.event.ID), hex.EncodeToString(r.hash[:]),
			string(r.event.AppID), r.event.Action, string(r.event.Actor.ID), string(r.event.Gate), r.event.Code); err != nil {
			return err
		}
		for _, n := range t.add(r.hash) {
			if err := to.stored.add(ctx, n...); err != nil {
				return err
			}
		}
	}
	return nil
}

// tree is the part of the RFC 6962 tree that the next leaf needs: the roots of
// its full subtrees, largest first, one for each bit of size.
type tree struct {
	size  int64
	roots []tlog.Hash
}

// add appends one leaf and returns the rows to store for it: the roots of the
// tiles of 256 leaves, 256 x 256 leaves and so on that it fills.
func (t *tree) add(h tlog.Hash) (rows [][]any) {
	for height, n := 0, t.size; ; height, n = height+1, n>>1 {
		if height > 0 && height%8 == 0 {
			rows = append(rows, []any{height / 8, n, hex.EncodeToString(h[:])})
		}
		if n&1 == 0 {
			break
		}
		last := len(t.roots) - 1
		h = tlog.NodeHash(t.roots[last], h)
		t.roots = t.roots[:last]
	}
	t.roots = append(t.roots, h)
	t.size++
	return rows
}

// root returns the root hash of a tree that is not empty.
func (t *tree) root() tlog.Hash {
	h := t.roots[len(t.roots)-1]
	for i := len(t.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(t.roots[i], h)
	}
	return h
}
