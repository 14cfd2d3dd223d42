package store

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// PutSameHuman keeps what somebody said of two accounts, in place of what was
// said before.
func (d *DB) PutSameHuman(ctx context.Context, s core.SameHuman) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	a, b := core.Pair(s.A, s.B)
	return broken("Linking two accounts", w.PutSameHuman(ctx, gen.PutSameHumanParams{A: string(a), B: string(b), State: string(s.State), Reason: s.Reason, ByPerson: string(s.By), At: s.At}))
}

// SameHumans lists what people said of pairs of accounts.
func (d *DB) SameHumans(ctx context.Context) ([]core.SameHuman, error) {
	rows, err := d.r(ctx).ListSameHumans(ctx)
	return each(rows, err, func(r gen.SameHuman) core.SameHuman {
		return core.SameHuman{A: core.ID(r.A), B: core.ID(r.B), State: core.SameState(r.State), Reason: r.Reason, By: core.ID(r.ByPerson), At: r.At}
	}, "Listing linked accounts")
}

// AddAddress keeps a further address of a person. Errors: Conflict when it is
// somebody's already.
func (d *DB) AddAddress(ctx context.Context, a core.Address, by core.ID, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	email := strings.ToLower(strings.TrimSpace(a.Email))
	if _, err := w.GetAddress(ctx, email); err == nil {
		return core.Errorf(core.Conflict, "The address %q is somebody's already.", email).At("email").Hinted("Take it away there first.")
	}
	return broken("Adding an address", w.InsertAddress(ctx, gen.InsertAddressParams{Email: email, PersonID: string(a.Person), ByPerson: string(by), At: at}))
}

// RemoveAddress takes a further address from a person. Errors: NotFound.
func (d *DB) RemoveAddress(ctx context.Context, person core.ID, email string) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.DeleteAddress(ctx, gen.DeleteAddressParams{Email: strings.ToLower(strings.TrimSpace(email)), PersonID: string(person)})
	return changed(n, err, "Removing an address", core.Errorf(core.NotFound, "This person has no further address %q.", email))
}

// Addresses lists every address that somebody is known by besides their own:
// those that were told, and those of accounts at sign-in providers.
func (d *DB) Addresses(ctx context.Context) ([]core.Address, error) {
	rows, err := d.r(ctx).ListAddresses(ctx)
	told, err := each(rows, err, func(r gen.PersonAddress) core.Address {
		return core.Address{Email: r.Email, Person: core.ID(r.PersonID), Source: "git"}
	}, "Listing addresses")
	if err != nil {
		return nil, err
	}
	accounts, err := d.r(ctx).ListAccountAddresses(ctx)
	more, err := each(accounts, err, func(r gen.ListAccountAddressesRow) core.Address {
		return core.Address{Email: r.Email, Person: core.ID(r.PersonID), Source: r.Provider + " " + r.Subject}
	}, "Listing accounts")
	return append(told, more...), err
}

// AddDelegation keeps that somebody is away.
func (d *DB) AddDelegation(ctx context.Context, x core.Delegation) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Naming a delegate", w.InsertDelegation(ctx, gen.InsertDelegationParams{ID: string(x.ID), PersonID: string(x.Person), Delegate: string(x.Delegate),
		FromAt: x.From, UntilAt: x.Until, Reason: x.Reason, ByPerson: string(x.By), Created: x.Created}))
}

// EndDelegation ends an absence now. Errors: Conflict when it has ended.
func (d *DB) EndDelegation(ctx context.Context, id core.ID, at int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.EndDelegation(ctx, gen.EndDelegationParams{ID: string(id), Ended: at})
	return changed(n, err, "Ending an absence", core.Errorf(core.Conflict, "This absence has ended already."))
}

// Delegation returns one absence. Errors: NotFound.
func (d *DB) Delegation(ctx context.Context, id core.ID) (core.Delegation, error) {
	row, err := d.r(ctx).GetDelegation(ctx, string(id))
	return delegation(row), found(err, "There is no absence with the id %q.", id)
}

// Delegations lists absences that last, or lasted, until a moment or longer.
func (d *DB) Delegations(ctx context.Context, since int64) ([]core.Delegation, error) {
	rows, err := d.r(ctx).ListDelegationsSince(ctx, since)
	return each(rows, err, delegation, "Listing absences")
}

func delegation(r gen.Delegation) core.Delegation {
	return core.Delegation{ID: core.ID(r.ID), Person: core.ID(r.PersonID), Delegate: core.ID(r.Delegate), From: r.FromAt, Until: r.UntilAt, Reason: r.Reason,
		By: core.ID(r.ByPerson), Ended: r.Ended, Created: r.Created}
}
