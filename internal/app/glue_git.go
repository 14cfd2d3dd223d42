package app

import (
	"cmp"
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/git"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/org/access"
)

// gitAuth knows git clients by access token. The user name is the person's
// e-mail, or "token".
type gitAuth struct{ identity *identity.Service }

// Authenticate implements git.Auth.
func (g gitAuth) Authenticate(ctx context.Context, user string, secret core.Secret) (git.Caller, error) {
	who, c, err := g.identity.Token(ctx, secret, core.Use{Door: string(edge.Git), From: edge.From(ctx)})
	if err == nil && user != "token" && !strings.EqualFold(user, who.Email) {
		err = core.Errorf(core.Unauthorized, "This access token is not %s's.", user).Hinted("Use your own e-mail, or the user name \"token\".")
	}
	fetch, push := authz.Git(c.Scopes())
	if err == nil && !fetch {
		err = core.Errorf(core.Forbidden, "This access token has the scope %s; git does not take it.", c.Scope).Hinted("Make a token with the scope git, read or write.")
	}
	return git.Caller{Person: who, ReadOnly: !push}, err
}

// gitAccess says who may read and write which repository.
type gitAccess struct {
	store     *store.DB
	access    *access.Service
	onlookers edge.Onlookers
}

// CanRead implements git.Access.
func (g gitAccess) CanRead(ctx context.Context, c git.Caller, repo string) error {
	err := g.can(ctx, c, repo, authz.AppRead, "")
	if err == nil && g.onlookers.Is(c.Person) {
		err = g.onlookers.Saw(ctx, c.Person, core.Event{Action: "auditor.read", Target: "git " + repo, Code: "ok", Data: map[string]string{"door": string(edge.Git)}}, repo)
	}
	return err
}

// CanWrite implements git.Access.
func (g gitAccess) CanWrite(ctx context.Context, c git.Caller, repo string) error {
	return g.can(ctx, c, repo, authz.AppEdit, authz.GovernancePublish)
}

func (g gitAccess) can(ctx context.Context, c git.Caller, repo string, perm, governance authz.Permission) error {
	if repo == GovernanceRepo {
		if governance == "" && len(c.Person.Only) == 0 {
			return nil // everybody may read the rules
		}
		return authz.Can(c.Person, cmp.Or(governance, authz.GovernanceRead), nil)
	}
	a, err := g.store.AppByName(ctx, repo)
	if err != nil {
		return err
	}
	ctx = authz.Carry(ctx)
	if err := g.access.May(ctx, c.Person, c.Actor(), perm, a, ""); err != nil {
		return err
	}
	return g.access.Ruled(ctx, c.Actor(), access.Act{Who: c.Person, Permission: perm, App: a})
}
