package store

import (
	"context"
	"database/sql"

	"github.com/paddock-dev/paddock/internal/core"
)

// UseGroupRoles tells the store where to look up, at every read of a person,
// which group has which roles. Without it people have the roles given by hand.
// It is called once, before the store is shared.
func (d *DB) UseGroupRoles(inForce func() core.GroupRoles) { d.groupRoles = inForce }

// withRoles is the one place where roles in force come from: whoever reads a
// person from the store, reads the roles that count now. It asks for groups only
// if any group has a role.
func (d *DB) withRoles(ctx context.Context, people ...core.Person) ([]core.Person, error) {
	var of core.GroupRoles
	if d.groupRoles != nil {
		of = d.groupRoles()
	}
	groups := map[core.ID][]core.Group{}
	if len(of) > 0 && len(people) > 0 {
		all, err := d.groupsOf(ctx, people)
		if err != nil {
			return people, err
		}
		for _, m := range all {
			groups[m.Person] = append(groups[m.Person], m.Group)
		}
	}
	for i, p := range people {
		people[i].Roles = of.InForce(p.Given, groups[p.ID])
	}
	return people, nil
}

// fewPeople are asked for by name; of more, all memberships are read.
const fewPeople = 1000

func (d *DB) groupsOf(ctx context.Context, people []core.Person) ([]core.Membership, error) {
	if len(people) == 1 {
		return d.Memberships(ctx, people[0].ID)
	}
	var s statement
	s.WriteString(`SELECT person_id, provider, group_name FROM membership`)
	if len(people) <= fewPeople {
		ids := make([]core.ID, len(people))
		for i, p := range people {
			ids[i] = p.ID
		}
		s.WriteString(` WHERE person_id IN ` + list(&s, ids))
	}
	all, err := rows(ctx, d.raw(ctx), &s, func(r *sql.Rows, m *core.Membership) error {
		return r.Scan(&m.Person, &m.Group.Provider, &m.Group.Name)
	})
	return all, broken("Listing groups", err)
}

// withRole is withRoles for one person that was read, unless err says not.
func (d *DB) withRole(ctx context.Context, p core.Person, err error) (core.Person, error) {
	if err != nil {
		return p, err
	}
	out, err := d.withRoles(ctx, p)
	if err != nil { // nobody acts with roles that could not be read
		return core.Person{}, err
	}
	return out[0], nil
}
