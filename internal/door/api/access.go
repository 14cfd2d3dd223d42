package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// Access gives rights for a while.
type Access interface {
	Grants(ctx context.Context, who core.Person, everybody bool, before core.ID) (view.GrantPage, error)
	Grant(ctx context.Context, who core.Person, id core.ID) (view.GrantDetail, error)
	RequestGrant(ctx context.Context, who core.Person, n view.NewGrant) (view.GrantDetail, error)
	ExtendGrant(ctx context.Context, who core.Person, id core.ID, x view.Extension) (view.GrantDetail, error)
	EndGrant(ctx context.Context, who core.Person, id core.ID, what, why string) (view.GrantDetail, error)
	QueryData(ctx context.Context, who core.Person, app, sql string, write bool) (view.DataAnswer, error)
}

type grantID struct {
	ID core.ID `path:"id"`
}

// reasoned is the body of an act that needs a reason.
type reasoned struct {
	Why string `json:"why" doc:"Told to the person who loses the access."`
}

func (a *API) access() {
	op(a, "GET", "/grants", "list-grants", "List your grants, or everybody's", row{"access.ask", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			All    bool    `query:"all" doc:"Everybody's: for the roles platform, security and auditor."`
			Cursor core.ID `query:"cursor"`
		}) (*body[list[view.Grant]], error) {
			page, err := a.desk.Grants(ctx, who, in.All, in.Cursor)
			return answer(list[view.Grant]{Items: page.Grants, Next: page.Next}, err)
		})
	op(a, "POST", "/grants", "request-grant", "Ask for access to an app, for a while", row{"access.ask", "access.request", 0},
		func(ctx context.Context, who core.Person, in *struct{ Body view.NewGrant }) (*body[view.GrantDetail], error) {
			return answer(a.desk.RequestGrant(ctx, who, in.Body))
		})
	op(a, "GET", "/grants/{id}", "get-grant", "Show a grant and what was done under it", row{"access.ask", readOnly, 0},
		func(ctx context.Context, who core.Person, in *grantID) (*body[view.GrantDetail], error) {
			return answer(a.desk.Grant(ctx, who, in.ID))
		})
	op(a, "POST", "/grants/{id}/extend", "extend-grant", "Ask for a grant that carries on this one", row{"access.ask", "access.request", 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID   core.ID `path:"id"`
			Body view.Extension
		}) (*body[view.GrantDetail], error) {
			return answer(a.desk.ExtendGrant(ctx, who, in.ID, in.Body))
		})
	for what, does := range map[string][2]string{"submit": {"Ask about a draft", "access.request"}, "withdraw": {"Take back a request", "access.withdraw"}, "drop": {"End your own access now", "access.revoke"}} {
		op(a, "POST", "/grants/{id}/"+what, what+"-grant", does[0], row{"access.ask", does[1], 0},
			func(ctx context.Context, who core.Person, in *grantID) (*body[view.GrantDetail], error) {
				return answer(a.desk.EndGrant(ctx, who, in.ID, what, ""))
			})
	}
	op(a, "POST", "/grants/{id}/revoke", "revoke-grant", "End somebody's access now", row{"access.ask", "access.revoke", 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID   core.ID `path:"id"`
			Body reasoned
		}) (*body[view.GrantDetail], error) {
			return answer(a.desk.EndGrant(ctx, who, in.ID, "revoke", in.Body.Why))
		})
	op(a, "POST", "/apps/{app}/data", "query-data", "Ask an app's database, under a grant", row{"data.read", "data.read or data.write", 0},
		func(ctx context.Context, who core.Person, in *struct {
			App  string `path:"app"`
			Body struct {
				SQL   string `json:"sql" doc:"One statement of SQLite."`
				Write bool   `json:"write,omitempty" doc:"It may change something: for the role data-writer."`
			}
		}) (*body[view.DataAnswer], error) {
			return answer(a.desk.QueryData(ctx, who, in.App, in.Body.SQL, in.Body.Write))
		})
}
