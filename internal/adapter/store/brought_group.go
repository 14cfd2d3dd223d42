package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddBroughtGroup keeps a group that a provider brought. The caller has looked
// that no other has the name, in whatever case.
func (d *DB) AddBroughtGroup(ctx context.Context, g core.BroughtGroup) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Adding a group of a provider", w.InsertSCIMGroup(ctx, gen.InsertSCIMGroupParams{ID: string(g.ID), Provider: g.Provider, Name: g.Name, Folded: strings.ToLower(g.Name),
		ExternalID: g.ExternalID, Created: g.Created, Changed: g.Changed}))
}

// UpdateBroughtGroup keeps what a provider says of a group now. Errors: NotFound.
func (d *DB) UpdateBroughtGroup(ctx context.Context, g core.BroughtGroup) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdateSCIMGroup(ctx, gen.UpdateSCIMGroupParams{ID: string(g.ID), Name: g.Name, Folded: strings.ToLower(g.Name), ExternalID: g.ExternalID, Changed: g.Changed})
	return changed(n, err, "Changing a group of a provider", core.Errorf(core.NotFound, "There is no group with the id %q.", g.ID))
}

// RemoveBroughtGroup takes a group away, and everybody out of it.
func (d *DB) RemoveBroughtGroup(ctx context.Context, g core.BroughtGroup) error {
	if err := d.EmptyGroup(ctx, g.Provider, g.Name); err != nil {
		return err
	}
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	_, err = w.DeleteSCIMGroup(ctx, string(g.ID))
	return broken("Removing a group of a provider", err)
}

// BroughtGroup returns a group of a provider. Errors: NotFound.
func (d *DB) BroughtGroup(ctx context.Context, provider string, id core.ID) (core.BroughtGroup, error) {
	r, err := d.r(ctx).GetSCIMGroup(ctx, gen.GetSCIMGroupParams{Provider: provider, ID: string(id)})
	return core.BroughtGroup{ID: core.ID(r.ID), Provider: r.Provider, Name: r.Name, ExternalID: r.ExternalID, Created: r.Created, Changed: r.Changed},
		found(err, "There is no such group at %q.", provider)
}

// SearchBroughtGroups lists groups of a provider, by id, and how many there are in all.
func (d *DB) SearchBroughtGroups(ctx context.Context, provider string, f core.BroughtGroupFilter, skip, most int) (page []core.BroughtGroup, all int, err error) {
	where := func(s *statement) {
		s.WriteString(` FROM scim_group WHERE provider = ` + s.arg(provider))
		sameText(s, "id", f.ID)
		sameText(s, "external_id", f.ExternalID)
		if f.Name != nil {
			folded := strings.ToLower(*f.Name)
			sameText(s, "folded", &folded)
		}
		if f.Member != nil {
			s.WriteString(` AND name IN (SELECT m.group_name FROM scim_user u JOIN membership m ON m.person_id = u.person_id AND m.provider = u.provider WHERE u.gone = 0 AND u.provider = ` +
				s.arg(provider) + ` AND u.id = ` + s.arg(*f.Member) + `)`)
		}
	}
	var count, list statement
	count.WriteString(`SELECT count(*)`)
	where(&count)
	if err := d.raw(ctx).QueryRowContext(ctx, count.String(), count.args...).Scan(&all); err != nil || most == 0 || skip >= all {
		return nil, all, broken("Counting groups of a provider", err)
	}
	list.WriteString(`SELECT id, provider, name, external_id, created, changed`)
	where(&list)
	list.WriteString(inOrder(f.Name, f.ExternalID) + ` LIMIT ` + list.arg(int64(most)) + ` OFFSET ` + list.arg(int64(skip)))
	page, err = rows(ctx, d.raw(ctx), &list, func(r *sql.Rows, g *core.BroughtGroup) error {
		return r.Scan(&g.ID, &g.Provider, &g.Name, &g.ExternalID, &g.Created, &g.Changed)
	})
	return page, all, broken("Listing groups of a provider", err)
}

// BroughtMembers lists up to most people of a provider who are in a group.
func (d *DB) BroughtMembers(ctx context.Context, provider, group string, most int) ([]core.BroughtMember, error) {
	rows, err := d.r(ctx).ListSCIMMembers(ctx, gen.ListSCIMMembersParams{Provider: provider, GroupName: group, Most: int32(most)})
	return each(rows, err, func(r gen.ListSCIMMembersRow) core.BroughtMember {
		return core.BroughtMember{ID: core.ID(r.ID), Name: r.Name}
	}, "Listing the people of a group")
}

// AmongMembers lists those of some people who are in a group.
func (d *DB) AmongMembers(ctx context.Context, g core.Group, people []core.ID) (out []core.ID, err error) {
	for len(people) > 0 {
		n := min(len(people), rowsAtOnce)
		var s statement
		s.WriteString(`SELECT person_id FROM membership WHERE provider = ` + s.arg(g.Provider) + ` AND group_name = ` + s.arg(g.Name) + ` AND person_id IN ` + list(&s, people[:n]))
		found, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, id *core.ID) error { return r.Scan(id) })
		if err != nil {
			return nil, broken("Listing the people of a group", err)
		}
		out, people = append(out, found...), people[n:]
	}
	return out, nil
}

// JoinGroup puts people into a group; those who are in it stay.
func (d *DB) JoinGroup(ctx context.Context, provider, group string, people []core.ID, now int64) error {
	if len(people) == 0 {
		return nil
	}
	if _, err := d.w(ctx); err != nil {
		return err
	}
	values := make([][]any, len(people))
	for i, p := range people {
		values[i] = []any{string(p), provider, group, now}
	}
	return broken("Joining a group", d.insertNew(ctx, "membership", []string{"person_id", "provider", "group_name", "since"}, values))
}

// LeaveGroup takes people out of a group.
func (d *DB) LeaveGroup(ctx context.Context, provider, group string, people []core.ID) error {
	for len(people) > 0 {
		if _, err := d.w(ctx); err != nil {
			return err
		}
		n := min(len(people), rowsAtOnce)
		var s statement
		s.WriteString(`DELETE FROM membership WHERE provider = ` + s.arg(provider) + ` AND group_name = ` + s.arg(group) + ` AND person_id IN ` + list(&s, people[:n]))
		if _, err := txOf(ctx).tx.ExecContext(ctx, s.String(), s.args...); err != nil {
			return broken("Leaving a group", err)
		}
		people = people[n:]
	}
	return nil
}

// RenameGroup keeps that a group has another name now; nobody was in one of that name.
func (d *DB) RenameGroup(ctx context.Context, provider, from, to string) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if err := d.EmptyGroup(ctx, provider, to); err != nil {
		return err
	}
	return broken("Renaming a group", w.RenameMemberships(ctx, gen.RenameMembershipsParams{NewName: to, Provider: provider, OldName: from}))
}

// EmptyGroup takes everybody out of a group.
func (d *DB) EmptyGroup(ctx context.Context, provider, group string) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Emptying a group", w.DeleteMemberships(ctx, gen.DeleteMembershipsParams{Provider: provider, GroupName: group}))
}

// DropStrayGroups takes people out of the groups of a provider that it has not
// brought, and returns how often.
func (d *DB) DropStrayGroups(ctx context.Context, provider string) (int64, error) {
	w, err := d.w(ctx)
	if err != nil {
		return 0, err
	}
	n, err := w.DeleteStrayMemberships(ctx, provider)
	return n, broken("Leaving groups", err)
}
