package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddGrant keeps a new grant.
func (d *DB) AddGrant(ctx context.Context, g core.Grant) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Keeping a grant", w.InsertGrant(ctx, gen.InsertGrantParams{ID: string(g.ID), PersonID: string(g.Person), AppID: string(g.AppID), Role: string(g.Role), Environment: g.Environment,
		Reason: g.Reason, Ticket: g.Ticket, Length: g.Length, Wanted: g.Wanted, Extends: string(g.Extends), Stage: string(g.Stage), RequestID: string(g.RequestID), DecisionID: string(g.DecisionID),
		Created: g.Created, Asked: g.Asked, Lapses: g.Lapses, Granted: g.Granted, Starts: g.Starts, Expires: g.Expires, Ended: g.Ended, EndedBy: string(g.EndedBy), Cause: g.Cause, Told: g.Told}))
}

// MoveGrant keeps what has become of a grant that was at the stage was. Errors:
// Conflict when it is no longer there.
func (d *DB) MoveGrant(ctx context.Context, g core.Grant, was core.GrantStage) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.MoveGrant(ctx, gen.MoveGrantParams{ID: string(g.ID), Was: string(was), Stage: string(g.Stage), RequestID: string(g.RequestID), DecisionID: string(g.DecisionID),
		Asked: g.Asked, Lapses: g.Lapses, Granted: g.Granted, Starts: g.Starts, Expires: g.Expires, Ended: g.Ended, EndedBy: string(g.EndedBy), Cause: g.Cause})
	return changed(n, err, "Changing a grant", core.Errorf(core.Conflict, "This grant has changed meanwhile.").Hinted("Load the page again."))
}

// TellGrant notes which ends of a grant have been told.
func (d *DB) TellGrant(ctx context.Context, id core.ID, told string) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Changing a grant", w.TellGrant(ctx, gen.TellGrantParams{ID: string(id), Told: told}))
}

// UseGrant notes an act under a grant, in the transaction of the act: no
// transaction that ends the grant can commit before this one has. Errors:
// Conflict when the grant is not granted any more, unless late says that this
// does not matter.
func (d *DB) UseGrant(ctx context.Context, u core.GrantUse, late bool) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	p := gen.TouchGrantParams{ID: string(u.Grant)}
	if late {
		p.Late = 1
	}
	n, err := w.TouchGrant(ctx, p)
	if err := changed(n, err, "Using a grant", core.Errorf(core.Conflict, "This grant has ended.")); err != nil {
		return err
	}
	return broken("Using a grant", w.InsertGrantUse(ctx, gen.InsertGrantUseParams{EventID: string(u.Event), GrantID: string(u.Grant), At: u.At}))
}

// Grant returns a grant. Errors: NotFound.
func (d *DB) Grant(ctx context.Context, id core.ID) (core.Grant, error) {
	row, err := d.r(ctx).GetGrant(ctx, string(id))
	return grantOf(row), found(err, "There is no grant with the id %q.", id)
}

// GrantOfRequest returns the grant that an approval was asked for; ok is false
// if there is none.
func (d *DB) GrantOfRequest(ctx context.Context, request core.ID) (g core.Grant, ok bool, err error) {
	row, err := d.r(ctx).GetGrantOfRequest(ctx, string(request))
	if errors.Is(err, sql.ErrNoRows) {
		return g, false, nil
	}
	return grantOf(row), err == nil, broken("Looking for a grant", err)
}

// HeldGrants lists what was granted to a person for an app, the last to end
// first: those that are over by time, too.
func (d *DB) HeldGrants(ctx context.Context, person, app core.ID) ([]core.Grant, error) {
	rows, err := d.r(ctx).ListHeldGrants(ctx, gen.ListHeldGrantsParams{PersonID: string(person), AppID: string(app)})
	return each(rows, err, grantOf, "Listing grants")
}

// GrantsOf lists at most n of a person's grants, the newest first: older than
// before, "" for the newest.
func (d *DB) GrantsOf(ctx context.Context, person, before core.ID, n int) ([]core.Grant, error) {
	if before == "" {
		before = lastID
	}
	rows, err := d.r(ctx).ListGrantsOfPerson(ctx, gen.ListGrantsOfPersonParams{PersonID: string(person), ID: string(before), Limit: int32(n)})
	return each(rows, err, grantOf, "Listing grants")
}

// Grants is GrantsOf for everybody.
func (d *DB) Grants(ctx context.Context, before core.ID, n int) ([]core.Grant, error) {
	if before == "" {
		before = lastID
	}
	rows, err := d.r(ctx).ListGrants(ctx, gen.ListGrantsParams{ID: string(before), Limit: int32(n)})
	return each(rows, err, grantOf, "Listing grants")
}

// GrantsFor lists all grants for an app, oldest first.
func (d *DB) GrantsFor(ctx context.Context, app core.ID) ([]core.Grant, error) {
	rows, err := d.r(ctx).ListGrantsOfApp(ctx, string(app))
	return each(rows, err, grantOf, "Listing grants")
}

// UntoldGrants lists grants that end by the moment by, or have, whose end was
// not told.
func (d *DB) UntoldGrants(ctx context.Context, by int64) ([]core.Grant, error) {
	rows, err := d.r(ctx).ListUntoldGrants(ctx, by)
	return each(rows, err, grantOf, "Listing grants")
}

// GrantUses lists at most n acts under a grant, oldest first, from the one after
// the given event on.
func (d *DB) GrantUses(ctx context.Context, grant, after core.ID, n int) ([]core.GrantUse, error) {
	rows, err := d.r(ctx).ListGrantUses(ctx, gen.ListGrantUsesParams{GrantID: string(grant), EventID: string(after), Limit: int32(n)})
	return each(rows, err, func(r gen.AccessUse) core.GrantUse {
		return core.GrantUse{Grant: core.ID(r.GrantID), Event: core.ID(r.EventID), At: r.At}
	}, "Listing the uses of a grant")
}

func grantOf(r gen.AccessGrant) core.Grant {
	return core.Grant{ID: core.ID(r.ID), Person: core.ID(r.PersonID), AppID: core.ID(r.AppID), Role: core.GrantRole(r.Role), Environment: r.Environment, Reason: r.Reason, Ticket: r.Ticket,
		Length: r.Length, Wanted: r.Wanted, Extends: core.ID(r.Extends), Stage: core.GrantStage(r.Stage), RequestID: core.ID(r.RequestID), DecisionID: core.ID(r.DecisionID),
		Created: r.Created, Asked: r.Asked, Lapses: r.Lapses, Granted: r.Granted, Starts: r.Starts, Expires: r.Expires, Ended: r.Ended, EndedBy: core.ID(r.EndedBy), Cause: r.Cause,
		Told: r.Told, Uses: r.Uses}
}
