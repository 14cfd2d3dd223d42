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
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	txOf(ctx).events++
	err = w.InsertEvent(ctx, gen.InsertEventParams{ID: string(e.ID), At: e.At, Action: e.Action, ActorKind: string(e.Actor.Kind),
		ActorID: string(e.Actor.ID), ActorName: e.Actor.Name, Door: e.Actor.Door, AppID: string(e.AppID), Gate: string(e.Gate), Target: e.Target,
		Code: e.Code, Leaf: leaf, Opening: opening})
	if err == nil {
		err = w.InsertPending(ctx, string(e.ID))
	}
	return broken("Recording what happened", err)
}

// Size returns the number of leaves in the audit tree.
func (d *DB) Size(ctx context.Context) (int64, error) {
	n, err := d.r(ctx).TreeSize(ctx)
	return n, broken("Reading the audit tree", err)
}

// Pending returns the oldest events that are not in the tree yet, at most limit.
func (d *DB) Pending(ctx context.Context, limit int) (ids []core.ID, leaves []string, err error) {
	rows, err := d.r(ctx).PendingEvents(ctx, int32(limit))
	for _, r := range rows {
		ids, leaves = append(ids, core.ID(r.ID)), append(leaves, r.Leaf)
	}
	return ids, leaves, broken("Reading the audit log", err)
}

// Hashes returns stored tree hashes in the order of their indexes.
func (d *DB) Hashes(ctx context.Context, indexes []int64) ([][32]byte, error) {
	q := d.r(ctx)
	out := make([][32]byte, len(indexes))
	for i, idx := range indexes {
		text, err := q.GetHash(ctx, idx)
		if err != nil {
			return nil, broken("Reading the audit tree", fmt.Errorf("hash %d: %w", idx, err))
		}
		if n, err := hex.Decode(out[i][:], []byte(text)); err != nil || n != len(out[i]) {
			return nil, broken("Reading the audit tree", fmt.Errorf("hash %d is damaged: %q", idx, text))
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

// Integrate adds one batch to the audit tree, or nothing. Errors: Conflict when
// the tree has grown meanwhile.
func (d *DB) Integrate(ctx context.Context, b struct {
	First      int64
	Events     []core.ID
	Leaves     [][32]byte
	FirstHash  int64
	Hashes     [][32]byte
	Checkpoint string
}) error {
	return d.Quietly(ctx, func(ctx context.Context) error {
		w, err := d.w(ctx)
		if err != nil {
			return err
		}
		size, err := w.TreeSize(ctx)
		if err != nil {
			return broken("Growing the audit tree", err)
		}
		if size != b.First {
			return core.Errorf(core.Conflict, "The audit tree has %d leaves, not %d.", size, b.First)
		}
		for i, id := range b.Events {
			if err := w.InsertLeaf(ctx, gen.InsertLeafParams{Idx: b.First + int64(i), EventID: string(id), Hash: hex.EncodeToString(b.Leaves[i][:])}); err != nil {
				return broken("Growing the audit tree", err)
			}
			if err := w.DeletePending(ctx, string(id)); err != nil {
				return broken("Growing the audit tree", err)
			}
		}
		for i, h := range b.Hashes {
			if err := w.InsertHash(ctx, gen.InsertHashParams{Idx: b.FirstHash + int64(i), Hash: hex.EncodeToString(h[:])}); err != nil {
				return broken("Growing the audit tree", err)
			}
		}
		return broken("Growing the audit tree", w.InsertCheckpoint(ctx, gen.InsertCheckpointParams{Size: b.First + int64(len(b.Events)), Note: b.Checkpoint}))
	})
}

// IndexedEvent is an event with its place in the audit tree, -1 until it has one.
type IndexedEvent struct {
	core.Event
	Index         int64
	Leaf, Opening string
}

// EventFilter narrows SearchEvents; empty fields match everything.
type EventFilter struct {
	App                 core.ID
	Actor, Action, Code string
	Before              core.ID // events older than this one; "" for the newest
	Most                int
}

// SearchEvents lists audit events, newest first.
func (d *DB) SearchEvents(ctx context.Context, f EventFilter) ([]IndexedEvent, error) {
	rows, err := d.r(ctx).SearchEvents(ctx, gen.SearchEventsParams{Before: string(f.Before), AppID: string(f.App), Action: f.Action, Code: f.Code, Actor: f.Actor, Most: int32(f.Most)})
	return each(rows, err, event, "Searching the audit log")
}

// EventsOf lists all events about an app, oldest first.
func (d *DB) EventsOf(ctx context.Context, app core.ID) ([]IndexedEvent, error) {
	rows, err := d.r(ctx).EventsOfApp(ctx, string(app))
	return each(rows, err, func(r gen.EventsOfAppRow) IndexedEvent { return event(gen.SearchEventsRow(r)) }, "Reading the audit log")
}

func event(r gen.SearchEventsRow) IndexedEvent {
	leaf := read[struct {
		Data map[string]any `json:"data"`
	}](r.Leaf)
	data := make(map[string]string, len(leaf.Data))
	for name, v := range leaf.Data {
		if text, ok := v.(string); ok {
			data[name] = text
		} else {
			data[name] = "(a person)"
		}
	}
	return IndexedEvent{Event: core.Event{ID: core.ID(r.ID), At: r.At, Action: r.Action,
		Actor: core.Actor{Kind: core.ActorKind(r.ActorKind), ID: core.ID(r.ActorID), Name: r.ActorName, Door: r.Door},
		AppID: core.ID(r.AppID), Gate: core.Gate(r.Gate), Target: r.Target, Code: r.Code, Data: data}, Index: int64(r.Idx), Leaf: r.Leaf, Opening: r.Opening}
}
