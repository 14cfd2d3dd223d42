package desk

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit"
	"github.com/paddock-dev/paddock/internal/engine/audit/export"
)

// ExportEvents hands out all events that match and are in the newest checkpoint.
// That it was done is an event, before the first byte leaves.
func (d *Desk) ExportEvents(ctx context.Context, who core.Person, q view.EventQuery, format string) (view.LogExport, error) {
	app, err := d.readable(ctx, who, q.App)
	if err != nil {
		return view.LogExport{}, err
	}
	return d.logExporter().export(ctx, actor(ctx, who), app, q, format)
}

func (d *Desk) logExporter() LogExporter {
	return LogExporter{Store: d.Store, Log: d.Log, Audit: d.Audit, Clock: d.Clock, Version: d.Version}
}

// LogExporter hands out events of the log. It asks nobody's rights: the desk
// does, and at the machine the right to read the files is what counts.
type LogExporter struct {
	Store interface {
		InTx(ctx context.Context, fn func(ctx context.Context) error) error
		App(ctx context.Context, id core.ID) (core.App, error)
		AppByName(ctx context.Context, name string) (core.App, error)
		PersonByEmail(ctx context.Context, email string) (core.Person, error)
	}
	Log interface {
		Count(ctx context.Context, q Query, size int64) (int64, error)
		Each(ctx context.Context, q Query, size int64, do func(Indexed) error) error
		Checkpoint(ctx context.Context) (signed string, c audit.Checkpoint, err error)
	}
	Audit   Audit
	Clock   core.Clock
	Version string // of Paddock
}

// Export hands out all events that match, to who is named by by. Errors:
// NotFound for an app that is not there, Invalid for a form or a time that is
// none.
func (x LogExporter) Export(ctx context.Context, by core.Actor, q view.EventQuery, format string) (view.LogExport, error) {
	app := core.ID("")
	if q.App != "" {
		a, err := x.Store.AppByName(ctx, q.App)
		if core.CodeOf(err) == core.NotFound {
			err = core.Errorf(core.NotFound, "There is no app named %q.", q.App).Hinted("Check the spelling.")
		}
		if err != nil {
			return view.LogExport{}, err
		}
		app = a.ID
	}
	return x.export(ctx, by, app, q, format)
}

func (x LogExporter) export(ctx context.Context, by core.Actor, app core.ID, q view.EventQuery, format string) (view.LogExport, error) {
	f, err := export.FormatOf(format)
	if err != nil {
		return view.LogExport{}, err
	}
	query, err := x.query(ctx, app, q)
	if err != nil {
		return view.LogExport{}, err
	}
	signed, c, err := x.Log.Checkpoint(ctx)
	if err != nil {
		return view.LogExport{}, err
	}
	n, err := x.Log.Count(ctx, query, c.Size)
	if err != nil {
		return view.LogExport{}, err
	}
	now := x.Clock.Now()
	h := export.Head{ID: core.IDs{}.New(now), Population: n, Query: exportQuery(q, query, f.Name), At: now, By: by, Size: c.Size, Checkpoint: signed, Origin: c.Origin, Version: x.Version}
	err = x.Store.InTx(ctx, func(ctx context.Context) error {
		return x.Audit.Append(ctx, core.Event{Action: "audit.export", Actor: h.By, AppID: query.App, Target: "audit log", Code: "ok",
			Data: map[string]string{"export": string(h.ID), "format": f.Name, "rows": fmt.Sprint(n), "size": fmt.Sprint(c.Size), "query": h.Query}})
	})
	names := map[core.ID]string{}
	return view.LogExport{File: "paddock-audit-" + now.Format("2006-01-02") + f.Extension, MediaType: f.Type, Write: func(w io.Writer) error {
		return export.Run(f.New(w), h, func(do func(export.Event) error) error {
			return x.Log.Each(ctx, query, c.Size, func(e Indexed) error {
				return do(export.Event{Event: e.Event, Index: e.Index, App: x.appName(ctx, e.AppID, names)})
			})
		})
	}}, err
}

// appName returns an app's name, which names remembers.
func (x LogExporter) appName(ctx context.Context, id core.ID, names map[core.ID]string) string {
	if _, ok := names[id]; !ok && id != "" {
		a, err := x.Store.App(ctx, id)
		if err != nil {
			a.Name = string(id)
		}
		names[id] = a.Name
	}
	return names[id]
}

// query turns what somebody asks into what the store is asked.
func (x LogExporter) query(ctx context.Context, app core.ID, q view.EventQuery) (Query, error) {
	out := Query{App: app, Action: strings.TrimSpace(q.Action), Code: strings.TrimSpace(q.Code), Gate: core.Gate(strings.TrimSpace(q.Gate))}
	if !q.From.IsZero() {
		out.From = core.Stamp(q.From)
	}
	if !q.To.IsZero() {
		out.To = core.Stamp(q.To)
		if out.To <= out.From {
			return Query{}, core.Errorf(core.Invalid, "The time range ends before it begins.").Hinted("Choose a later end.").At("to")
		}
	}
	return out, x.whoActed(ctx, strings.TrimSpace(q.Actor), &out)
}

// whoActed finds whom the text means: a person, an app, an id, or a part of
// Paddock itself, which has a name only.
func (x LogExporter) whoActed(ctx context.Context, text string, q *Query) error {
	if text == "" {
		return nil
	}
	p, err := x.Store.PersonByEmail(ctx, strings.ToLower(text))
	if err == nil {
		q.Actor = p.ID
		return nil
	}
	if core.CodeOf(err) != core.NotFound {
		return err
	}
	a, err := x.Store.AppByName(ctx, text)
	switch {
	case err == nil:
		q.Actor = a.ID
	case core.CodeOf(err) != core.NotFound:
		return err
	case len(text) == 36 && strings.Count(text, "-") == 4:
		q.Actor = core.ID(text)
	default:
		q.Name = text
	}
	return nil
}

// exportQuery is the request that makes an export again. It stands in the log
// for ever, so it names a person by id; an e-mail of nobody here stays readable
// as one, so that the log hides it.
func exportQuery(q view.EventQuery, found Query, format string) string {
	if found.Actor != "" {
		q.Actor = string(found.Actor)
	}
	v := url.Values{"format": {format}}
	for key, value := range map[string]string{"actor": q.Actor, "app": q.App, "gate": q.Gate, "action": q.Action, "code": q.Code} {
		if value != "" {
			v.Set(key, value)
		}
	}
	for key, at := range map[string]time.Time{"from": q.From, "to": q.To} {
		if !at.IsZero() {
			v.Set(key, at.UTC().Format(time.RFC3339))
		}
	}
	return "GET /api/v1/events/export?" + strings.ReplaceAll(v.Encode(), "%40", "@")
}
