package desk

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// EventStore reads the audit log.
type EventStore interface {
	// Find lists events, newest first; next is where to go on, "" at the end.
	Find(ctx context.Context, q Query) (events []Indexed, next core.ID, err error)
	// Count and Each are about the events that match in the first size leaves;
	// Each goes from the oldest on.
	Count(ctx context.Context, q Query, size int64) (int64, error)
	Each(ctx context.Context, q Query, size int64, do func(Indexed) error) error
	Event(ctx context.Context, id core.ID) (Indexed, error)
	// Checkpoint returns the newest checkpoint, with the cosignatures it has.
	Checkpoint(ctx context.Context) (signed string, c audit.Checkpoint, err error)
	// Prove proves one event, under a witnessed checkpoint if there is one.
	Prove(ctx context.Context, id core.ID) (p audit.Proof, leaf string, err error)
	Consistency(ctx context.Context, old, size int64) ([]tlog.Hash, error)
	Watch(ctx context.Context) (view.Watch, error)
	Health(ctx context.Context, now time.Time) (view.LogHealth, error)
}

// Query narrows the audit log; empty fields match everything.
type Query struct {
	App          core.ID
	Actor        core.ID // who acted, by id
	Name         string  // who acted, by name: who has no id
	Action, Code string
	Gate         core.Gate
	From, To     int64 // stamps
	Before       core.ID
	Most         int
}

// Indexed is an event with its place in the tree; -1 until it has one.
type Indexed struct {
	core.Event
	Index int64
}

// Events searches the audit log. Reading it is itself an event: one for each
// question, however many pages of it are read within a minute.
func (d *Desk) Events(ctx context.Context, who core.Person, q view.EventQuery) (view.EventPage, error) {
	query, err := d.query(ctx, who, q)
	if err != nil {
		return view.EventPage{}, err
	}
	if q.Limit <= 0 || q.Limit > 200 {
		q.Limit = 50
	}
	query.Before, query.Most = core.ID(q.Before), q.Limit
	events, next, err := d.Log.Find(ctx, query)
	if err != nil {
		return view.EventPage{}, err
	}
	page := view.EventPage{Events: []view.Event{}, Next: string(next)}
	names := map[core.ID]string{}
	for _, e := range events {
		page.Events = append(page.Events, d.eventView(ctx, e, names))
	}
	if signed, c, err := d.Log.Checkpoint(ctx); err == nil {
		page.Size, page.Root, page.Checkpoint = c.Size, fmt.Sprintf("%x", c.Root), signed
	}
	if page.Watch, err = d.Log.Watch(ctx); err != nil {
		return view.EventPage{}, err
	}
	query.Before = ""
	return page, d.read(ctx, who, readAgain, fmt.Sprint(query), core.Event{Action: "audit.read", AppID: query.App, Target: "audit log",
		Data: map[string]string{"actor_filter": fmt.Sprint(q.Actor != ""), "action": q.Action, "code": q.Code, "gate": q.Gate, "rows": fmt.Sprint(len(page.Events))}})
}

// How long the same person may ask the same again without a further event.
const (
	readAgain    = time.Minute
	entriesAgain = 10 * time.Minute // entries come in thousands of small files
)

// read records that somebody read the log. Reading writes events and so makes
// more to read; to keep that bounded, the same question by the same person
// within a while is one event.
func (d *Desk) read(ctx context.Context, who core.Person, within time.Duration, question string, e core.Event) error {
	key := string(who.ID) + " " + question
	if d.heard.before(key, d.Clock.Now(), within) {
		return nil
	}
	e.Actor, e.Code = actor(ctx, who), "ok"
	err := d.Store.InTx(ctx, func(ctx context.Context) error { return d.Audit.Append(ctx, e) })
	if err != nil {
		d.heard.forget(key)
	}
	return err
}

// query turns what somebody asks into what the store is asked, within what they
// may read.
func (d *Desk) query(ctx context.Context, who core.Person, q view.EventQuery) (Query, error) {
	app, err := d.readable(ctx, who, q.App)
	if err != nil {
		return Query{}, err
	}
	return d.logExporter().query(ctx, app, q)
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
	return view.Event{Index: e.Index, ID: e.ID, At: moment(e.At), Action: e.Action, Actor: e.Actor.Name, Door: e.Actor.Door, App: d.appName(ctx, e.AppID, names),
		Gate: string(e.Gate), Target: e.Target, Code: e.Code, Data: e.Data}
}

// appName returns an app's name, which names remembers.
func (d *Desk) appName(ctx context.Context, id core.ID, names map[core.ID]string) string {
	return d.logExporter().appName(ctx, id, names)
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
