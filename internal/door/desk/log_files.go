package desk

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/audit/export"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// LogFile returns a file of the audit log: the key, the checkpoint and tiles for
// anybody, the entries themselves only for those who may read the log.
func (d *Desk) LogFile(ctx context.Context, who core.Person, path string) (string, []byte, error) {
	if path == "key" {
		return "text/plain; charset=utf-8", []byte(d.AuditKey + "\n"), nil
	}
	if !strings.HasPrefix(path, "tile/entries/") {
		return d.AuditRead(ctx, path)
	}
	if err := authz.Can(who, authz.AuditRead, nil); err != nil {
		return "", nil, err
	}
	media, body, err := d.AuditRead(ctx, path)
	if err != nil {
		return "", nil, err
	}
	return media, body, d.read(ctx, who, entriesAgain, "entries", core.Event{Action: "audit.read", Target: "entries"})
}

// Prove returns the proof that an event is in the log, as a .tlog-proof file. With
// whole, the file also holds the event's leaf, so that it needs nothing else.
// Those may have it who may read the event.
func (d *Desk) Prove(ctx context.Context, who core.Person, event core.ID, whole bool) (file string, proof []byte, err error) {
	e, err := d.Log.Event(ctx, event)
	var app *core.App
	if err == nil && e.AppID != "" {
		if a, aerr := d.Store.App(ctx, e.AppID); aerr == nil {
			app = &a
		}
	}
	if may := authz.Can(who, authz.AuditRead, app); may != nil {
		if authz.May(who, authz.AuditRead) { // hidden looks like missing
			may = core.Errorf(core.NotFound, "There is no event with the id %q that you may read.", event)
		}
		return "", nil, may
	}
	if err != nil {
		return "", nil, err
	}
	p, leaf, err := d.Log.Prove(ctx, event)
	if err != nil {
		return "", nil, err
	}
	if whole {
		p.Extra = []byte(leaf)
	}
	return string(event) + ".tlog-proof", []byte(p.String()), nil
}

// Consistency proves that the log of old entries is the beginning of the log of
// size entries: one hash on each line, in base64.
func (d *Desk) Consistency(ctx context.Context, old, size int64) ([]byte, error) {
	hashes, err := d.Log.Consistency(ctx, old, size)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, h := range hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return []byte(b.String()), nil
}

// ExportEvents hands out all events that match and are in the newest checkpoint.
// That it was done is an event, before the first byte leaves.
func (d *Desk) ExportEvents(ctx context.Context, who core.Person, q view.EventQuery, format string) (view.LogExport, error) {
	f, err := export.FormatOf(format)
	if err != nil {
		return view.LogExport{}, err
	}
	query, err := d.query(ctx, who, q)
	if err != nil {
		return view.LogExport{}, err
	}
	signed, c, err := d.Log.Checkpoint(ctx)
	if err != nil {
		return view.LogExport{}, err
	}
	n, err := d.Log.Count(ctx, query, c.Size)
	if err != nil {
		return view.LogExport{}, err
	}
	now := d.Clock.Now()
	h := export.Head{ID: core.IDs{}.New(now), Population: n, Query: exportQuery(q, f.Name), At: now, By: actor(ctx, who), Size: c.Size, Checkpoint: signed, Origin: c.Origin, Version: d.Version}
	err = d.Store.InTx(ctx, func(ctx context.Context) error {
		return d.Audit.Append(ctx, core.Event{Action: "audit.export", Actor: h.By, AppID: query.App, Target: "audit log", Code: "ok",
			Data: map[string]string{"export": string(h.ID), "format": f.Name, "rows": fmt.Sprint(n), "size": fmt.Sprint(c.Size), "query": h.Query}})
	})
	names := map[core.ID]string{}
	return view.LogExport{File: "paddock-audit-" + now.Format("2006-01-02") + f.Extension, MediaType: f.Type, Write: func(w io.Writer) error {
		return export.Run(f.New(w), h, func(do func(export.Event) error) error {
			return d.Log.Each(ctx, query, c.Size, func(e Indexed) error {
				return do(export.Event{Event: e.Event, Index: e.Index, App: d.appName(ctx, e.AppID, names)})
			})
		})
	}}, err
}

// exportQuery is the request that makes an export again.
func exportQuery(q view.EventQuery, format string) string {
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
	return "GET /api/v1/events/export?" + v.Encode()
}
