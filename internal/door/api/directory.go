package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func (a *API) directories() {
	op(a, "GET", "/directories", "list-directories", "List the sign-in providers that bring people by SCIM", row{"people.manage", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Directory]], error) {
			return items(a.desk.Directories(ctx, who))
		})
	op(a, "POST", "/directories/{provider}/lift", "lift-directory", "Let a sign-in provider go on that wanted to switch off too many people", row{"people.manage", "directory.lift", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Provider string `path:"provider" maxLength:"40"`
		}) (*none, error) {
			return nil, a.desk.LiftDirectory(ctx, who, in.Provider)
		})
}
