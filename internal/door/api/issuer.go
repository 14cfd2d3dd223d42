package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func (a *API) issuer() {
	op(a, "GET", "/issuer", "get-issuer", "Show the issuer of apps' identity tokens and its keys", row{"issuer.manage", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[view.Issuer], error) {
			return answer(a.desk.IssuerKeys(ctx, who))
		})
	op(a, "POST", "/issuer/rotate", "rotate-issuer", "Announce the issuer's next key, or put a new one in force at once", row{"issuer.manage", "issuer.announce, issuer.replace", 0},
		func(ctx context.Context, who core.Person, in *struct {
			AtOnce bool `query:"at_once" doc:"The present keys may be in wrong hands: they count no more."`
		}) (*body[view.Issuer], error) {
			return answer(a.desk.RotateIssuer(ctx, who, in.AtOnce))
		})
	op(a, "GET", "/apps/{app}/identity", "get-app-identity", "Show how a service can know an app by its tokens", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			App string `path:"app"`
		}) (*body[view.AppIdentity], error) {
			return answer(a.desk.AppIdentity(ctx, who, in.App))
		})
}
