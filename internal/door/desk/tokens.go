package desk

import (
	"context"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity"
)

// NewToken makes an access token; its value is returned this once. It reaches no
// further than the token that the caller came with, if they did.
func (d *Desk) NewToken(ctx context.Context, who core.Person, n view.NewToken) (string, view.Token, error) {
	apps := make([]core.ID, 0, len(n.Apps))
	for _, name := range n.Apps {
		a, err := d.app(ctx, who, name, authz.AppRead)
		if err != nil {
			return "", view.Token{}, core.AsError(err).At("apps")
		}
		apps = append(apps, a.ID)
	}
	if slices.Contains(n.Scopes, identity.ScopeSCIM) {
		if err := authz.Can(who, authz.PeopleProvision, nil); err != nil {
			return "", view.Token{}, err
		}
	}
	value, c, err := d.Identity.At(actor(ctx, who).Door).MakeToken(ctx, who, identity.Wish{Name: n.Name, Scopes: n.Scopes, Apps: apps, Provider: n.Provider,
		Life: time.Duration(n.Days) * 24 * time.Hour, By: edge.Token(ctx)})
	if err != nil {
		return "", view.Token{}, err
	}
	return string(value.Open()), d.tokenView(ctx, c, nil), nil
}

// Tokens lists the caller's access tokens.
func (d *Desk) Tokens(ctx context.Context, who core.Person) ([]view.Token, error) {
	list, err := d.Identity.Tokens(ctx, who.ID)
	return d.tokenViews(ctx, list, false), err
}

// AllTokens lists everybody's access tokens in force, for the platform team.
func (d *Desk) AllTokens(ctx context.Context, who core.Person) ([]view.Token, error) {
	if err := authz.Can(who, authz.PeopleManage, nil); err != nil {
		return nil, err
	}
	list, err := d.Identity.AllTokens(ctx)
	return d.tokenViews(ctx, list, true), err
}

// RevokeToken ends one of the caller's access tokens; the platform team ends
// anybody's. Errors: NotFound also for somebody else's.
func (d *Desk) RevokeToken(ctx context.Context, who core.Person, id core.ID) error {
	people := d.Identity.At(actor(ctx, who).Door)
	if authz.Can(who, authz.PeopleManage, nil) == nil {
		return people.EndToken(ctx, actor(ctx, who), id, d.Tell)
	}
	return people.RevokeToken(ctx, who, id)
}

func (d *Desk) tokenViews(ctx context.Context, list []core.Credential, owners bool) []view.Token {
	out, names := []view.Token{}, map[core.ID]string{}
	for _, c := range list {
		v := d.tokenView(ctx, c, names)
		if owners {
			v.Owner = d.email(ctx, c.Person)
		}
		out = append(out, v)
	}
	return out
}

func (d *Desk) tokenView(ctx context.Context, c core.Credential, names map[core.ID]string) view.Token {
	v := view.Token{ID: c.ID, Name: c.Name, Scope: c.Scope, Scopes: c.Scopes(), Apps: []string{}, Provider: c.Provider, Created: moment(c.Created),
		Expires: moment(c.Expires), LastUsed: moment(c.Used), LastDoor: c.At.Door, LastFrom: c.At.From}
	if names == nil {
		names = map[core.ID]string{}
	}
	for _, id := range c.Apps {
		v.Apps = append(v.Apps, d.appName(ctx, id, names))
	}
	return v
}
