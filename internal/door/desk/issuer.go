package desk

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/engine/identity/issuer"
)

// Issuer signs identity tokens of apps.
type Issuer interface {
	Discover() issuer.Discovery
	List(ctx context.Context) ([]issuer.Standing, error)
	Rotate(ctx context.Context, by core.Actor, atOnce bool) (core.IssuerKey, error)
}

// IssuerKeys shows the issuer and its keys.
func (d *Desk) IssuerKeys(ctx context.Context, who core.Person) (view.Issuer, error) {
	if err := authz.Can(who, authz.IssuerManage, nil); err != nil {
		return view.Issuer{}, err
	}
	return d.issuer(ctx)
}

func (d *Desk) issuer(ctx context.Context) (view.Issuer, error) {
	out := view.Issuer{Issuer: d.Issuer.Discover().Issuer, Keys: []view.IssuerKey{}}
	keys, err := d.Issuer.List(ctx)
	for _, k := range keys {
		out.Keys = append(out.Keys, view.IssuerKey{ID: k.Key.ID, State: string(k.State), Begins: moment(k.Key.Begins)})
	}
	return out, err
}

// RotateIssuer announces the issuer's next key, or puts it in force at once.
// Errors: Conflict when one is announced already.
func (d *Desk) RotateIssuer(ctx context.Context, who core.Person, atOnce bool) (view.Issuer, error) {
	if err := authz.Can(who, authz.IssuerManage, nil); err != nil {
		return view.Issuer{}, err
	}
	if _, err := d.Issuer.Rotate(ctx, actor(ctx, who), atOnce); err != nil {
		return view.Issuer{}, err
	}
	return d.issuer(ctx)
}

// AppIdentity shows how a service can know an app.
func (d *Desk) AppIdentity(ctx context.Context, who core.Person, name string) (view.AppIdentity, error) {
	a, err := d.app(ctx, who, name, authz.AppRead)
	if err != nil {
		return view.AppIdentity{}, err
	}
	out := view.AppIdentity{Issuer: d.Issuer.Discover().Issuer, Subject: core.SubjectOf(a.ID, core.Production), Audiences: []string{}}
	vendors := d.Catalog.Current().Vendors
	for _, use := range a.Descriptor.Vendors {
		if v, ok := vendors[use.Name]; ok && v.State == core.VendorApproved && v.Audience != "" {
			out.Audiences = append(out.Audiences, v.Audience)
		}
	}
	slices.Sort(out.Audiences)
	out.Audiences = slices.Compact(out.Audiences)
	return out, nil
}
