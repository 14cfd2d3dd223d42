package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddPerson keeps a new person with the roles given by hand. Errors: Conflict when the e-mail is taken.
func (d *DB) AddPerson(ctx context.Context, p core.Person) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	if _, err := w.GetPersonByEmail(ctx, p.Email); err == nil {
		return core.Errorf(core.Conflict, "There is already a person with the e-mail %q.", p.Email).At("email")
	}
	return broken("Adding a person", w.InsertPerson(ctx, gen.InsertPersonParams{
		ID: string(p.ID), Email: p.Email, Name: p.Name, Roles: joinRoles(p.Given), Disabled: p.Disabled, Created: p.Created}))
}

// UpdatePerson changes a person's name, given roles and whether they are disabled.
// The roles in force are not written: they follow.
func (d *DB) UpdatePerson(ctx context.Context, p core.Person) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.UpdatePerson(ctx, gen.UpdatePersonParams{ID: string(p.ID), Name: p.Name, Roles: joinRoles(p.Given), Disabled: p.Disabled})
	return changed(n, err, "Changing a person", core.Errorf(core.NotFound, "There is no person with the id %q.", p.ID))
}

// Person returns the person with an id, with the roles in force. Errors: NotFound.
func (d *DB) Person(ctx context.Context, id core.ID) (core.Person, error) {
	row, err := d.r(ctx).GetPerson(ctx, string(id))
	return d.withRole(ctx, person(row), found(err, "There is no person with the id %q.", id))
}

// PersonByEmail returns the person with an e-mail. Errors: NotFound.
func (d *DB) PersonByEmail(ctx context.Context, email string) (core.Person, error) {
	row, err := d.r(ctx).GetPersonByEmail(ctx, email)
	return d.withRole(ctx, person(row), found(err, "There is no person with the e-mail %q.", email))
}

// People lists everybody by e-mail.
func (d *DB) People(ctx context.Context) ([]core.Person, error) {
	rows, err := d.r(ctx).ListPeople(ctx)
	people, err := each(rows, err, person, "Listing people")
	if err != nil {
		return nil, err
	}
	return d.withRoles(ctx, people...)
}

func person(r gen.Person) core.Person {
	return core.Person{ID: core.ID(r.ID), Email: r.Email, Name: r.Name, Given: splitRoles(r.Roles), Disabled: r.Disabled, Created: r.Created}
}
