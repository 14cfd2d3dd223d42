package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// EventFilter narrows the audit log.
type EventFilter struct {
	Actor  string    `query:"actor" doc:"E-mail or id of a person, name of an app, or of a part of Paddock"`
	App    string    `query:"app" doc:"Name of an app"`
	Gate   string    `query:"gate"`
	Action string    `query:"action"`
	Code   string    `query:"code"`
	From   time.Time `query:"from" doc:"First moment, such as 2026-03-02T00:00:00Z"`
	To     time.Time `query:"to" doc:"The moment after the last"`
}

func (f EventFilter) query() view.EventQuery {
	return view.EventQuery{Actor: f.Actor, App: f.App, Gate: f.Gate, Action: f.Action, Code: f.Code, From: f.From, To: f.To}
}

func (a *API) log() {
	op(a, "GET", "/events", "list-events", "Search the audit log; reading it is logged", row{"audit.read", "audit.read", 0},
		func(ctx context.Context, who core.Person, in *struct {
			EventFilter
			Cursor string `query:"cursor"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*body[view.EventPage], error) {
			q := in.query()
			q.Before, q.Limit = in.Cursor, in.Limit
			return answer(a.desk.Events(ctx, who, q))
		})
	op(a, "GET", "/events/export", "export-events", "Take events of the audit log as a file, as OCSF JSON lines or CSV", row{"audit.read", "audit.export", 0},
		func(ctx context.Context, who core.Person, in *struct {
			EventFilter
			Format string `query:"format" enum:"ocsf,csv" default:"ocsf"`
		}) (*huma.StreamResponse, error) {
			e, err := a.desk.ExportEvents(ctx, who, in.query(), in.Format)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(c huma.Context) {
				c.SetHeader("Content-Type", e.MediaType)
				c.SetHeader("Content-Disposition", fmt.Sprintf("attachment; filename=%q", e.File))
				if err := e.Write(c.BodyWriter()); err != nil {
					edge.Note(ctx, err)
					panic(http.ErrAbortHandler) // half an export must not look like a whole one
				}
			}}, nil
		})
	a.routes[len(a.routes)-1].Streams = true
	op(a, "GET", "/log/health", "log-health", "Whether the audit log keeps up: events that wait, for how long, and the state of witnesses and copies", row{"audit.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[view.LogHealth], error) {
			return answer(a.desk.LogHealth(ctx, who))
		})
	op(a, "GET", "/log/proof", "prove-event", "Prove that an event is in the audit log, as a C2SP tlog-proof", row{"audit.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			Event string `query:"event" required:"true" maxLength:"64"`
			Leaf  bool   `query:"leaf" doc:"Put the event itself into the file"`
		}) (*file, error) {
			name, b, err := a.desk.Prove(ctx, who, core.ID(in.Event), in.Leaf)
			return &file{ContentType: "text/plain; charset=utf-8", Disposition: fmt.Sprintf("attachment; filename=%q", name), Body: b}, err
		})
	op(a, "GET", "/log/consistency", "prove-consistency", "Prove that one size of the audit log continues another; one hash on each line", row{edge.Anyone, readOnly, 0},
		func(ctx context.Context, _ core.Person, in *struct {
			Old  int64 `query:"old" minimum:"1" required:"true"`
			Size int64 `query:"size" minimum:"1" required:"true"`
		}) (*file, error) {
			b, err := a.desk.Consistency(ctx, in.Old, in.Size)
			return &file{ContentType: "text/plain; charset=utf-8", Body: b}, err
		})
	op(a, "GET", "/log/{path...}", "get-log-file", "The audit log as C2SP tlog-tiles: key, checkpoint and tiles; the entries only for those who may read the log", row{edge.Anyone, "audit.read for entries", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Path string `path:"path"`
		}) (*file, error) {
			media, b, err := a.desk.LogFile(ctx, who, in.Path)
			return &file{ContentType: media, Body: b}, err
		})
}
