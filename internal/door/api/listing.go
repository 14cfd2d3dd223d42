package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// appQuery is the query of a list of apps. A field may be given several times.
type appQuery struct {
	Text           string   `query:"q" doc:"Words that begin words of the name." example:"tracker"`
	State          []string `query:"state,explode" doc:"provisioning, active, idle, archived or failed."`
	Classification []string `query:"classification,explode" doc:"public, internal, restricted or phi."`
	Region         []string `query:"region,explode"`
	Template       []string `query:"template,explode" doc:"Name of a template, without its version."`
	Owner          string   `query:"owner" doc:"E-mail of the owner."`
	Sort           string   `query:"sort" doc:"name (default) or recent: last used first."`
	After          string   `query:"after" doc:"next_cursor of the page before."`
	Limit          int      `query:"limit" doc:"Apps on a page; default 50, at most 200." minimum:"0" maximum:"200"`
}

func (q *appQuery) query() view.AppQuery {
	return view.AppQuery{Text: q.Text, States: q.State, Classifications: q.Classification, Regions: q.Region, Templates: q.Template, Owner: q.Owner,
		Sort: q.Sort, After: q.After, Limit: q.Limit}
}

func (a *API) components() {
	op(a, "GET", "/components", "find-components", "Find the apps that hold a component", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			Text  string `query:"q" required:"true" doc:"A name, with versions if you like." example:"lodash < 4.17.21"`
			Where string `query:"where" doc:"live (default): what runs now. latest: each app's newest build. any: every build."`
			After string `query:"after" doc:"next_cursor of the page before."`
			Limit int    `query:"limit" doc:"Apps on a page; default 50, at most 200." minimum:"0" maximum:"200"`
		}) (*body[view.ComponentPage], error) {
			return answer(a.desk.Components(ctx, who, view.ComponentQuery{Text: in.Text, Where: in.Where, After: in.After, Limit: in.Limit}))
		})
}
