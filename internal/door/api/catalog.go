package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func (a *API) catalog() {
	op(a, "GET", "/templates", "list-templates", "List the templates", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Template]], error) {
			return items(a.desk.Templates(ctx, who))
		})
	op(a, "POST", "/apps/preview", "preview-app", "Say what a new app will need, without making it", row{"app.create", readOnly, 0},
		func(ctx context.Context, who core.Person, in *body[view.NewApp]) (*body[view.Preview], error) {
			return answer(a.desk.Preview(ctx, who, in.Body))
		})
}
