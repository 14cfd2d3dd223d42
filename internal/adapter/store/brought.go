package store

import (
	"context"
	"database/sql"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddBrought keeps a person whom a provider brought. The caller has looked that
// nobody else has the names.
func (d *DB) AddBrought(ctx context.Context, b core.Brought) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Adding a user of a provider", w.InsertSCIMUser(ctx, gen.InsertSCIMUserParams{ID: string(b.ID), Provider: b.Provider, PersonID: string(b.Person), UserName: b.UserName, ExternalID: b.ExternalID,
		Email: b.Email, Active: b.Active, Body: b.Body, Created: b.Created, Changed: b.Changed, OffAt: b.Off, Gone: b.Gone}))
}

// UpdateBrought keeps what a provider says of a person now. Errors: NotFound.
func (d *DB) UpdateBrought(ctx context.Context, b core.Brought) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdateSCIMUser(ctx, gen.UpdateSCIMUserParams{ID: string(b.ID), UserName: b.UserName, ExternalID: b.ExternalID, Email: b.Email, Active: b.Active, Body: b.Body, Changed: b.Changed, OffAt: b.Off, Gone: b.Gone})
	return changed(n, err, "Changing a user of a provider", core.Errorf(core.NotFound, "There is no user with the id %q.", b.ID))
}

// Brought returns a person of a provider who is not gone. Errors: NotFound.
func (d *DB) Brought(ctx context.Context, provider string, id core.ID) (core.Brought, error) {
	row, err := d.r(ctx).GetSCIMUser(ctx, gen.GetSCIMUserParams{Provider: provider, ID: string(id)})
	return brought(row), found(err, "There is no such user at %q.", provider)
}

// BroughtAs returns a person as a provider brought them, also one who is gone.
// Errors: NotFound.
func (d *DB) BroughtAs(ctx context.Context, provider string, person core.ID) (core.Brought, error) {
	row, err := d.r(ctx).GetSCIMUserOf(ctx, gen.GetSCIMUserOfParams{Provider: provider, PersonID: string(person)})
	return brought(row), found(err, "%q has not brought this person.", provider)
}

// BroughtExternal lists the people whom a provider calls by a name of its own,
// those who are gone last.
func (d *DB) BroughtExternal(ctx context.Context, provider, externalID string) ([]core.Brought, error) {
	rows, err := d.r(ctx).ListSCIMUsersExternal(ctx, gen.ListSCIMUsersExternalParams{Provider: provider, ExternalID: externalID})
	return each(rows, err, brought, "Looking for a user of a provider")
}

// BroughtOf lists a person as each provider brought them.
func (d *DB) BroughtOf(ctx context.Context, person core.ID) ([]core.Brought, error) {
	rows, err := d.r(ctx).ListSCIMUsersOf(ctx, string(person))
	return each(rows, err, brought, "Listing users of providers")
}

// CountOff counts whom a provider's word switched off since a moment, and those
// who are active.
func (d *DB) CountOff(ctx context.Context, provider string, since int64) (off, active int, err error) {
	n, err := d.r(ctx).CountSCIMOff(ctx, gen.CountSCIMOffParams{Provider: provider, OffAt: since})
	if err != nil {
		return 0, 0, broken("Counting users of a provider", err)
	}
	m, err := d.r(ctx).CountSCIMActive(ctx, provider)
	return int(n), int(m), broken("Counting users of a provider", err)
}

const broughtColumns = `id, provider, person_id, user_name, external_id, email, active, body, created, changed, off_at, gone`

// SearchBrought lists people of a provider who are not gone, by id, and how many
// there are in all.
func (d *DB) SearchBrought(ctx context.Context, provider string, f core.BroughtFilter, skip, most int) (page []core.Brought, all int, err error) {
	where := func(s *statement) {
		s.WriteString(` FROM scim_user WHERE provider = ` + s.arg(provider) + ` AND gone = 0`)
		sameText(s, "id", f.ID)
		sameText(s, "user_name", f.UserName)
		sameText(s, "external_id", f.ExternalID)
		sameText(s, "email", f.Email)
		if f.Active != nil {
			s.WriteString(` AND active = ` + s.arg(*f.Active))
		}
	}
	var count, list statement
	count.WriteString(`SELECT count(*)`)
	where(&count)
	if err := d.raw(ctx).QueryRowContext(ctx, count.String(), count.args...).Scan(&all); err != nil || most == 0 || skip >= all {
		return nil, all, broken("Counting users of a provider", err)
	}
	list.WriteString(`SELECT ` + broughtColumns)
	where(&list)
	list.WriteString(inOrder(f.UserName, f.ExternalID, f.Email) + ` LIMIT ` + list.arg(int64(most)) + ` OFFSET ` + list.arg(int64(skip)))
	page, err = rows(ctx, d.raw(ctx), &list, func(r *sql.Rows, b *core.Brought) error {
		return r.Scan(&b.ID, &b.Provider, &b.Person, &b.UserName, &b.ExternalID, &b.Email, &b.Active, &b.Body, &b.Created, &b.Changed, &b.Off, &b.Gone)
	})
	return page, all, broken("Listing users of a provider", err)
}

// PeopleBrought returns the people behind ids of users of a provider, by the id of
// the user; those that nobody has, or who are gone, are left out.
func (d *DB) PeopleBrought(ctx context.Context, provider string, ids []string) (map[string]core.ID, error) {
	out := make(map[string]core.ID, len(ids))
	for len(ids) > 0 {
		n := min(len(ids), rowsAtOnce)
		var s statement
		s.WriteString(`SELECT id, person_id FROM scim_user WHERE gone = 0 AND provider = ` + s.arg(provider) + ` AND id IN ` + list(&s, ids[:n]))
		type pair struct {
			id     string
			person core.ID
		}
		found, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, p *pair) error { return r.Scan(&p.id, &p.person) })
		if err != nil {
			return nil, broken("Looking for users of a provider", err)
		}
		for _, p := range found {
			out[p.id] = p.person
		}
		ids = ids[n:]
	}
	return out, nil
}

// inOrder orders by id. Where a name narrows the list, an expression around the id
// keeps both engines on the index of the name.
func inOrder(names ...*string) string {
	for _, n := range names {
		if n != nil {
			return ` ORDER BY (id || '')`
		}
	}
	return ` ORDER BY id`
}

func sameText(s *statement, column string, v *string) {
	if v != nil {
		s.WriteString(` AND ` + column + ` = ` + s.arg(*v))
	}
}

func brought(r gen.ScimUser) core.Brought {
	return core.Brought{ID: core.ID(r.ID), Provider: r.Provider, Person: core.ID(r.PersonID), UserName: r.UserName, ExternalID: r.ExternalID, Email: r.Email, Active: r.Active, Body: r.Body,
		Created: r.Created, Changed: r.Changed, Off: r.OffAt, Gone: r.Gone}
}
