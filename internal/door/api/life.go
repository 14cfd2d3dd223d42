package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// file is a document as it was stored.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) life() {
	move := func(verb, summary, permission, audit string, do func(ctx context.Context, who core.Person, app string) error) {
		op(a, "POST", "/apps/{app}/"+verb, verb+"-app", summary, row{permission, audit, 0},
			func(ctx context.Context, who core.Person, in *named) (*body[view.App], error) {
				if err := do(ctx, who, in.App); err != nil {
					return nil, err
				}
				return answer(a.desk.App(ctx, who, in.App))
			})
	}
	move("archive", "Take an app out of service; its data is kept", "app.archive", "app.archive", a.desk.Archive)
	move("restore", "Bring an archived app back", "app.archive", "app.restore", a.desk.Restore)
	move("reactivate", "Take an app out of the retirement queue", "app.keep", "app.reactivate", a.desk.Reactivate)
	op(a, "POST", "/apps/{app}/owner", "give-app", "Make somebody else the owner of an app", row{"people.manage", "app.give", 0},
		func(ctx context.Context, who core.Person, in *struct {
			App  string `path:"app"`
			Body struct {
				Email string `json:"email" maxLength:"254" doc:"E-mail of the new owner."`
			}
		}) (*body[view.App], error) {
			if err := a.desk.Give(ctx, who, in.App, in.Body.Email); err != nil {
				return nil, err
			}
			return answer(a.desk.App(ctx, who, in.App))
		})
	op(a, "GET", "/apps/{app}/documents/{digest}", "get-document", "Show an SBOM or provenance document", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			App    string `path:"app"`
			Digest string `path:"digest"`
		}) (*file, error) {
			media, b, err := a.desk.Document(ctx, who, in.App, in.Digest)
			return &file{ContentType: media, Body: b}, err
		})
}
