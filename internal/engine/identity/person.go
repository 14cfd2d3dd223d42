package identity

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// AddPerson adds somebody who can sign in. An empty name becomes the part of
// the e-mail before the at sign. Errors: Invalid for a bad e-mail, name or role,
// Conflict when the e-mail is taken.
func (s *Service) AddPerson(ctx context.Context, actor core.Actor, email, name string, roles []core.Role) (core.Person, error) {
	p := core.Person{Name: strings.TrimSpace(name), Given: tidy(roles)}
	p.Roles = p.Given
	var bad []*core.Error
	address, err := Email(email)
	if err != nil {
		bad = append(bad, core.AsError(err))
	}
	p.Email = address
	if p.Name == "" {
		p.Name, _, _ = strings.Cut(address, "@")
	}
	if err := checkName(p.Name); err != nil && address != "" {
		bad = append(bad, err.At("name"))
	}
	bad = append(bad, badRoles(p.Roles)...)
	if err := core.Join(core.Invalid, "The person was not added.", bad); err != nil {
		return core.Person{}, err
	}
	now := s.clock.Now()
	p.ID, p.Created = s.ids.New(now), core.Stamp(now)
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		if err := s.store.AddPerson(ctx, p); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "person.add", Actor: actor, Target: string(p.ID), Code: "ok",
			Data: map[string]string{"email": p.Email, "roles": words(p.Roles)}})
	})
	if err != nil {
		return core.Person{}, err
	}
	return p, nil
}

// SwitchOff ends a person's access at once: sessions, links, tokens and visits.
// Errors: NotFound, Conflict for the last person of the platform team.
func (s *Service) SwitchOff(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, id)
		if err != nil || p.Disabled {
			return err
		}
		if err := s.notTheLast(ctx, p); err != nil {
			return err
		}
		p.Disabled = true
		if err := s.store.UpdatePerson(ctx, p); err != nil {
			return err
		}
		for _, kind := range []core.CredentialKind{core.CredLink, core.CredSession, core.CredToken, core.CredTicket, core.CredVisit} {
			if err := s.store.RevokeKind(ctx, id, kind, s.now()); err != nil {
				return err
			}
		}
		if err := s.audit.Append(ctx, core.Event{Action: "person.switch_off", Actor: actor, Target: string(id), Code: "ok"}); err != nil || s.whenOff == nil {
			return err
		}
		return s.whenOff(ctx, actor, p)
	})
}

// WhenOff returns the service that calls then whenever it has switched somebody
// off, in the same transaction. On PostgreSQL it may run more than once.
func (s *Service) WhenOff(then func(ctx context.Context, by core.Actor, p core.Person) error) *Service {
	c := *s
	c.whenOff = then
	return &c
}

// SwitchOn lets a person sign in again; what was ended stays ended. Errors: NotFound.
func (s *Service) SwitchOn(ctx context.Context, actor core.Actor, id core.ID) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, id)
		if err != nil || !p.Disabled {
			return err
		}
		p.Disabled = false
		if err := s.store.UpdatePerson(ctx, p); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "person.switch_on", Actor: actor, Target: string(id), Code: "ok"})
	})
}

// notTheLast keeps one person able to manage people.
func (s *Service) notTheLast(ctx context.Context, p core.Person) error {
	if !p.Has(core.RolePlatform) {
		return nil
	}
	all, err := s.store.People(ctx)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID != p.ID && !o.Disabled && o.Has(core.RolePlatform) {
			return nil
		}
	}
	return core.Errorf(core.Conflict, "%s is the last person of the platform team.", p.Email).Hinted("Give somebody else the role platform first.")
}

func tidy(roles []core.Role) []core.Role {
	out := slices.Clone(roles)
	slices.Sort(out)
	return slices.Compact(out)
}

func badRoles(roles []core.Role) (bad []*core.Error) {
	for _, r := range roles {
		if !r.Valid() {
			bad = append(bad, core.Errorf(core.Invalid, "There is no role %q.", r).At("roles").Hinted("%s", hintRole(r)))
		}
	}
	return bad
}

func hintRole(r core.Role) string {
	known := strings.Split(words(core.Roles), ",")
	if h := core.DidYouMean(string(r), known); h != "" {
		return h
	}
	return "Choose from: " + strings.Join(known, ", ") + "."
}

func words(roles []core.Role) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	return strings.Join(s, ",")
}
