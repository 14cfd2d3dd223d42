package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func (a *API) log() {
	op(a, "GET", "/events", "list-events", "Search the audit log; reading it is logged", row{"audit.read", "audit.read", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Actor  string `query:"actor"`
			App    string `query:"app"`
			Action string `query:"action"`
			Code   string `query:"code"`
			Cursor string `query:"cursor"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		}) (*body[view.EventPage], error) {
			return answer(a.desk.Events(ctx, who, view.EventQuery{Actor: in.Actor, App: in.App, Action: in.Action, Code: in.Code, Before: in.Cursor, Limit: in.Limit}))
		})
	op(a, "GET", "/log/{path...}", "get-log-file", "The audit log as C2SP tlog-tiles: key, checkpoint and tiles; the entries only for those who may read the log", row{edge.Anyone, readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			Path string `path:"path"`
		}) (*file, error) {
			media, b, err := a.desk.LogFile(ctx, who, in.Path)
			return &file{ContentType: media, Body: b}, err
		})
}
