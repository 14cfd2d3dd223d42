package app

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/witness"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// auditor appends events and wakes the sequencer once they are committed.
type auditor struct {
	log   *audit.Log
	store *store.DB
	wake  func()
	// bind makes an event one that was done under a grant.
	bind func(ctx context.Context, grant core.ID, late bool, e core.Event) (core.Event, error)
}

// Append writes an event in the caller's transaction. What is done under a grant
// that has ended fails, and so the act is undone.
func (a auditor) Append(ctx context.Context, e core.Event) error {
	if grant, late := authz.Under(ctx); grant != "" {
		var err error
		if e, err = a.bind(ctx, grant, late, a.log.Named(e)); err != nil {
			return err
		}
	}
	if err := a.log.Append(ctx, e); err != nil {
		return err
	}
	a.store.AfterCommit(ctx, a.wake)
	return nil
}

// eventLog reads the audit log for the desk.
type eventLog struct {
	store  *store.DB
	reader *audit.Reader
	peers  func() witness.Peers
	watch  func(ctx context.Context) (view.Watch, error)
}

func filter(q desk.Query) store.EventFilter {
	return store.EventFilter{App: q.App, Actor: q.Actor, Name: q.Name, Action: q.Action, Code: q.Code, Gate: q.Gate, From: q.From, To: q.To, Before: q.Before, Most: q.Most}
}

// Find implements desk.EventStore.
func (l eventLog) Find(ctx context.Context, q desk.Query) ([]desk.Indexed, core.ID, error) {
	rows, next, err := l.store.FindEvents(ctx, filter(q))
	out := make([]desk.Indexed, 0, len(rows))
	for _, r := range rows {
		out = append(out, desk.Indexed{Event: r.Event, Index: r.Index})
	}
	return out, next, err
}

// Count implements desk.EventStore.
func (l eventLog) Count(ctx context.Context, q desk.Query, size int64) (int64, error) {
	return l.store.CountEvents(ctx, filter(q), size)
}

// Each implements desk.EventStore.
func (l eventLog) Each(ctx context.Context, q desk.Query, size int64, do func(desk.Indexed) error) error {
	return l.store.EachEvent(ctx, filter(q), size, func(e store.IndexedEvent) error { return do(desk.Indexed{Event: e.Event, Index: e.Index}) })
}

// Event implements desk.EventStore.
func (l eventLog) Event(ctx context.Context, id core.ID) (desk.Indexed, error) {
	e, err := l.store.EventByID(ctx, id)
	return desk.Indexed{Event: e.Event, Index: e.Index}, err
}

// Checkpoint implements desk.EventStore.
func (l eventLog) Checkpoint(ctx context.Context) (string, audit.Checkpoint, error) {
	signed, c, err := l.reader.Checkpoint(ctx)
	if err != nil {
		return "", c, err
	}
	lines, err := l.store.CosignaturesOf(ctx, c.Size)
	for _, line := range lines {
		signed += line.Line
	}
	return signed, c, err
}

// Prove implements desk.EventStore. A witnessed checkpoint proves more, so it is
// taken if it holds the event.
func (l eventLog) Prove(ctx context.Context, id core.ID) (audit.Proof, string, error) {
	index, err := l.store.IndexOf(ctx, id)
	if err != nil {
		return audit.Proof{}, "", err
	}
	leaves, err := l.store.Leaves(ctx, index, 1)
	if err != nil {
		return audit.Proof{}, "", err
	}
	signed, c, err := l.witnessed(ctx)
	if err == nil && c.Size <= index {
		signed, c, err = l.Checkpoint(ctx)
	}
	if err != nil {
		return audit.Proof{}, "", err
	}
	p, err := l.reader.ProveIndex(ctx, index, signed, c)
	return p, leaves[0], err
}

// witnessed returns the newest checkpoint that enough witnesses cosigned; its
// size is 0 when there is none.
func (l eventLog) witnessed(ctx context.Context) (string, audit.Checkpoint, error) {
	peers := l.peers()
	if len(peers.List) == 0 {
		return "", audit.Checkpoint{}, nil
	}
	recent, err := l.store.RecentCosignatures(ctx, 100*len(peers.List))
	if err != nil {
		return "", audit.Checkpoint{}, err
	}
	signed, _, err := peers.Witnessed(ctx, recent, l.store.CheckpointOf)
	if err != nil || signed == "" {
		return "", audit.Checkpoint{}, err
	}
	c, err := l.reader.Open(signed)
	return signed, c, err
}

// Consistency implements desk.EventStore.
func (l eventLog) Consistency(ctx context.Context, old, size int64) ([]tlog.Hash, error) {
	return l.reader.ProveConsistency(ctx, old, size)
}

// Watch implements desk.EventStore.
func (l eventLog) Watch(ctx context.Context) (view.Watch, error) { return l.watch(ctx) }

// file returns a file of the log as it is served to witnesses and verifiers.
// Besides those of tlog-tiles there is one: the newest witnessed checkpoint.
func (l eventLog) file(ctx context.Context, path string) (string, []byte, error) {
	switch path {
	case "checkpoint":
		signed, _, err := l.Checkpoint(ctx)
		return plain, []byte(signed), err
	case "witnessed":
		signed, _, err := l.witnessed(ctx)
		if err == nil && signed == "" {
			err = core.Errorf(core.NotFound, "No checkpoint was cosigned by enough witnesses yet.").Hinted("Name witnesses in paddock.yaml, under audit.witnesses.")
		}
		return plain, []byte(signed), err
	}
	res, err := l.reader.Resource(ctx, path)
	return res.ContentType, res.Body, err
}

const plain = "text/plain; charset=utf-8"
