package app

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/desk"
	"github.com/paddock-dev/paddock/internal/engine/audit"
)

// auditor appends events and wakes the sequencer once they are committed.
type auditor struct {
	log   *audit.Log
	store *store.DB
	wake  func()
}

// Append writes an event in the caller's transaction.
func (a auditor) Append(ctx context.Context, e core.Event) error {
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
}

// Search implements desk.EventStore.
func (l eventLog) Search(ctx context.Context, q desk.Query) ([]desk.Indexed, error) {
	rows, err := l.store.SearchEvents(ctx, store.EventFilter{App: q.App, Actor: q.Actor, Action: q.Action, Code: q.Code, Before: q.Before, Most: q.Most})
	out := make([]desk.Indexed, 0, len(rows))
	for _, r := range rows {
		out = append(out, desk.Indexed{Event: r.Event, Index: r.Index})
	}
	return out, err
}

// Checkpoint implements desk.EventStore.
func (l eventLog) Checkpoint(ctx context.Context) (string, audit.Checkpoint, error) {
	return l.reader.Checkpoint(ctx)
}

// file returns a file of the log as it is served to witnesses and verifiers.
func (l eventLog) file(ctx context.Context, path string) (string, []byte, error) {
	res, err := l.reader.Resource(ctx, path)
	return res.ContentType, res.Body, err
}
