package store

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddAccount links a person to an account at a provider. Errors: Conflict when
// the account is somebody's already.
func (d *DB) AddAccount(ctx context.Context, a core.Account) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	conflict := core.Errorf(core.Conflict, "This account at %q belongs to somebody already.", a.Provider)
	if _, err := w.GetAccount(ctx, gen.GetAccountParams{Provider: a.Provider, Subject: a.Subject}); err == nil {
		return conflict
	}
	err = w.InsertAccount(ctx, gen.InsertAccountParams{Provider: a.Provider, Subject: a.Subject, PersonID: string(a.Person), Email: a.Email, Created: a.Created, Used: a.Used})
	if taken(err) {
		return conflict
	}
	return broken("Linking an account", err)
}

// Account returns an account at a provider. Errors: NotFound.
func (d *DB) Account(ctx context.Context, provider, subject string) (core.Account, error) {
	row, err := d.r(ctx).GetAccount(ctx, gen.GetAccountParams{Provider: provider, Subject: subject})
	return account(row), found(err, "There is no such account at %q.", provider)
}

// Accounts lists a person's accounts, by provider.
func (d *DB) Accounts(ctx context.Context, person core.ID) ([]core.Account, error) {
	rows, err := d.r(ctx).ListAccounts(ctx, string(person))
	return each(rows, err, account, "Listing accounts")
}

// UseAccount keeps what the provider said at a sign-in. Errors: NotFound.
func (d *DB) UseAccount(ctx context.Context, provider, subject, email string, now int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UseAccount(ctx, gen.UseAccountParams{Provider: provider, Subject: subject, Email: email, Used: now})
	return changed(n, err, "Signing in", core.Errorf(core.NotFound, "There is no such account at %q.", provider))
}

// RemoveAccount takes the link between a person and an account away, and with the
// person's last account there the groups that the provider told of. Errors: NotFound.
func (d *DB) RemoveAccount(ctx context.Context, provider, subject string) error {
	a, err := d.Account(ctx, provider, subject)
	if err != nil {
		return err
	}
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if _, err := w.DeleteAccount(ctx, gen.DeleteAccountParams{Provider: provider, Subject: subject}); err != nil {
		return broken("Removing an account", err)
	}
	left, err := d.Accounts(ctx, a.Person)
	if err != nil || slices.ContainsFunc(left, func(o core.Account) bool { return o.Provider == provider }) {
		return err
	}
	_, err = d.PutGroups(ctx, a.Person, provider, nil, 0)
	return err
}

// PutGroups keeps the groups of a person at a provider, in place of those that
// were kept. It reports whether that changed anything.
func (d *DB) PutGroups(ctx context.Context, person core.ID, provider string, groups []string, now int64) (differs bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	old, err := w.ListMemberships(ctx, string(person))
	if err != nil {
		return false, broken("Reading groups", err)
	}
	have := map[string]bool{}
	for _, m := range old {
		if m.Provider != provider {
			continue
		}
		have[m.GroupName] = true
		if !slices.Contains(groups, m.GroupName) {
			differs = true
			if err := w.DeleteMembership(ctx, gen.DeleteMembershipParams{PersonID: string(person), Provider: provider, GroupName: m.GroupName}); err != nil {
				return false, broken("Leaving a group", err)
			}
		}
	}
	for _, g := range groups {
		if have[g] {
			continue
		}
		have[g], differs = true, true
		if err := w.InsertMembership(ctx, gen.InsertMembershipParams{PersonID: string(person), Provider: provider, GroupName: g, Since: now}); err != nil {
			return false, broken("Joining a group", err)
		}
	}
	return differs, nil
}

// Memberships lists the groups that providers say a person is in.
func (d *DB) Memberships(ctx context.Context, person core.ID) ([]core.Membership, error) {
	rows, err := d.r(ctx).ListMemberships(ctx, string(person))
	return each(rows, err, membership, "Listing groups")
}

// Members lists the ids of the people in a group.
func (d *DB) Members(ctx context.Context, g core.Group) ([]core.ID, error) {
	rows, err := d.r(ctx).ListMembers(ctx, gen.ListMembersParams{Provider: g.Provider, GroupName: g.Name})
	return each(rows, err, func(id string) core.ID { return core.ID(id) }, "Listing the people of a group")
}

func account(r gen.Account) core.Account {
	return core.Account{Provider: r.Provider, Subject: r.Subject, Person: core.ID(r.PersonID), Email: r.Email, Created: r.Created, Used: r.Used}
}

func membership(r gen.Membership) core.Membership {
	return core.Membership{Person: core.ID(r.PersonID), Group: core.Group{Provider: r.Provider, Name: r.GroupName}, Since: r.Since}
}
