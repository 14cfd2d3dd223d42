package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// EventStore searches the audit log.
type EventStore interface {
	Search(ctx context.Context, q Query) ([]Indexed, error)
	Checkpoint(ctx context.Context) (signed string, c audit.Checkpoint, err error)
}

// Query narrows the audit log; empty fields match everything.
type Query struct {
	App                 core.ID
	Actor, Action, Code string
	Before              core.ID
	Most                int
}

// Indexed is an event with its place in the tree; -1 until it has one.
type Indexed struct {
	core.Event
	Index int64
}

// Events searches the audit log. Reading it is itself an event.
func (d *Desk) Events(ctx context.Context, who core.Person, q view.EventQuery) (view.EventPage, error) {
	app, err := d.readable(ctx, who, q.App)
	if err != nil {
		return view.EventPage{}, err
	}
	if q.Limit <= 0 || q.Limit > 200 {
		q.Limit = 50
	}
	query := Query{Actor: strings.TrimSpace(q.Actor), Action: q.Action, Code: q.Code, Before: core.ID(q.Before), Most: q.Limit + 1, App: app}
	events, err := d.Log.Search(ctx, query)
	if err != nil {
		return view.EventPage{}, err
	}
	page := view.EventPage{Events: []view.Event{}}
	if len(events) > q.Limit {
		events = events[:q.Limit]
		page.Next = string(events[q.Limit-1].ID)
	}
	names := map[core.ID]string{}
	for _, e := range events {
		page.Events = append(page.Events, d.eventView(ctx, e, names))
	}
	if signed, c, err := d.Log.Checkpoint(ctx); err == nil {
		page.Size, page.Root, page.Checkpoint = c.Size, fmt.Sprintf("%x", c.Root), signed
	}
	return page, d.Store.InTx(ctx, func(ctx context.Context) error {
		return d.Audit.Append(ctx, core.Event{Action: "audit.read", Actor: actor(ctx, who), AppID: query.App, Target: "audit log", Code: "ok",
			Data: map[string]string{"actor_filter": fmt.Sprint(q.Actor != ""), "action": q.Action, "code": q.Code, "rows": fmt.Sprint(len(page.Events))}})
	})
}

// readable returns the app whose events the caller asks for, "" for all. Those
// who may not read the whole log may read that of their own apps.
func (d *Desk) readable(ctx context.Context, who core.Person, name string) (core.ID, error) {
	if name == "" {
		err := authz.Can(who, authz.AuditRead, nil)
		if err != nil && authz.May(who, authz.AuditRead) {
			return "", core.Errorf(core.Forbidden, "You may read the audit log of your own apps only.").Hinted("Name one of your apps as the filter.")
		}
		return "", err
	}
	a, err := d.app(ctx, who, name, authz.AuditRead)
	return a.ID, err
}

func (d *Desk) eventView(ctx context.Context, e Indexed, names map[core.ID]string) view.Event {
	if _, ok := names[e.AppID]; !ok && e.AppID != "" {
		a, err := d.Store.App(ctx, e.AppID)
		if err != nil {
			a.Name = string(e.AppID)
		}
		names[e.AppID] = a.Name
	}
	return view.Event{Index: e.Index, ID: e.ID, At: moment(e.At), Action: e.Action, Actor: e.Actor.Name, Door: e.Actor.Door, App: names[e.AppID],
		Gate: string(e.Gate), Target: e.Target, Code: e.Code, Data: e.Data}
}

// LogFile returns a file of the audit log: the key, the checkpoint and tiles for
// anybody, the entries themselves only for those who may read the log.
func (d *Desk) LogFile(ctx context.Context, who core.Person, path string) (string, []byte, error) {
	if path == "key" {
		return "text/plain; charset=utf-8", []byte(d.AuditKey + "\n"), nil
	}
	if strings.HasPrefix(path, "tile/entries/") {
		if err := authz.Can(who, authz.AuditRead, nil); err != nil {
			return "", nil, err
		}
	}
	return d.AuditRead(ctx, path)
}

// MoveClock moves a laboratory's clock forward.
func (d *Desk) MoveClock(ctx context.Context, _ core.Person, by time.Duration) (time.Time, error) {
	if d.Lab == nil {
		return time.Time{}, notALab()
	}
	return d.Lab.MoveClock(ctx, by)
}

// SetSource makes a laboratory's source of facts unreadable, or readable again.
func (d *Desk) SetSource(ctx context.Context, _ core.Person, name string, readable bool) error {
	if d.Lab == nil {
		return notALab()
	}
	return d.Lab.SetSource(ctx, name, readable)
}

func notALab() error {
	return core.Errorf(core.NotFound, "This server is not a laboratory.").Hinted("Start one with: paddock serve --lab.")
}
