package desk

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// AccountLinks lists accounts that are, may be, or are not one human's.
func (d *Desk) AccountLinks(ctx context.Context, who core.Person) ([]view.AccountLink, error) {
	if err := authz.Can(who, authz.PeopleLink, nil); err != nil {
		return nil, err
	}
	all, err := d.Parts.Approvals.Links(ctx)
	out := []view.AccountLink{}
	for _, l := range all {
		out = append(out, view.AccountLink{A: d.email(ctx, l.A), B: d.email(ctx, l.B), State: l.State, Reason: l.Reason, By: d.email(ctx, l.By), At: moment(l.At)})
	}
	return out, err
}

// LinkAccounts says of two accounts, by their e-mails, whether they are one human's.
func (d *Desk) LinkAccounts(ctx context.Context, who core.Person, a, b string, same bool, reason string) error {
	if err := authz.Can(who, authz.PeopleLink, nil); err != nil {
		return err
	}
	one, err := d.somebody(ctx, a, "a")
	if err != nil {
		return err
	}
	other, err := d.somebody(ctx, b, "b")
	if err != nil {
		return err
	}
	return d.Parts.Approvals.SameHuman(ctx, actor(ctx, who), one.ID, other.ID, same, reason)
}

// SetAddress adds an address that somebody commits under, or takes it away.
func (d *Desk) SetAddress(ctx context.Context, who core.Person, person, email string, add bool) error {
	if err := authz.Can(who, authz.PeopleLink, nil); err != nil {
		return err
	}
	p, err := d.somebody(ctx, person, "person")
	if err != nil {
		return err
	}
	if add {
		return d.Parts.Approvals.AddAddress(ctx, actor(ctx, who), p.ID, email)
	}
	return d.Parts.Approvals.RemoveAddress(ctx, actor(ctx, who), p.ID, email)
}

func (d *Desk) somebody(ctx context.Context, email, field string) (core.Person, error) {
	p, err := d.Store.PersonByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
	if core.CodeOf(err) == core.NotFound {
		return p, core.Errorf(core.NotFound, "There is nobody with the e-mail %.80q.", email).At(field).Hinted("Check the spelling.")
	}
	return p, err
}
