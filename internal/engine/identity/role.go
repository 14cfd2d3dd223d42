package identity

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// TakeRole takes a role away that was given by hand. Errors: NotFound for the
// person, Conflict for a role that comes from a group, or is the last of the
// platform team.
func (s *Service) TakeRole(ctx context.Context, actor core.Actor, person core.ID, role core.Role) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, person)
		if err != nil {
			return err
		}
		if !slices.Contains(p.Given, role) {
			return core.Errorf(core.Conflict, "The role %s of %s was not given by hand.", role, p.Email).Hinted("Take the person out of the group at the sign-in provider.")
		}
		if role == core.RolePlatform {
			if err := s.notTheLast(ctx, p); err != nil {
				return err
			}
		}
		p.Given = slices.DeleteFunc(p.Given, func(have core.Role) bool { return have == role })
		if err := s.store.UpdatePerson(ctx, p); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "person.take_role", Actor: actor, Target: string(person), Code: "ok", Data: map[string]string{"role": string(role)}})
	})
}
