package identity

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// ByProvider returns the service of a server whose people sign in at providers.
// Links then are a way in only for people who were given the role platform by
// hand, for when a provider is down: a group at a provider opens none.
func (s *Service) ByProvider() *Service {
	c := *s
	c.byProvider = true
	return &c
}

// mayLink reports whether a link is a way in for a person.
func (s *Service) mayLink(p core.Person) bool {
	return !s.byProvider || slices.Contains(p.Given, core.RolePlatform)
}

// NewLink makes a one-time sign-in link for a person; links made before for the
// same person end. Errors: NotFound, or Conflict for somebody switched off.
func (s *Service) NewLink(ctx context.Context, person core.ID, actor core.Actor) (core.Secret, error) {
	value, c, err := s.fresh(core.CredLink, person, LinkLife)
	if err != nil {
		return core.Secret{}, err
	}
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.Disabled {
			return core.Errorf(core.Conflict, "%s is switched off and cannot sign in.", p.Email).Hinted("Switch the account on first.")
		}
		if !s.mayLink(p) {
			return core.Errorf(core.Conflict, "%s signs in at a provider; a link would not let them in.", p.Email).
				Hinted("Links are for people who were given the role platform by hand, for when the provider is down.")
		}
		if err := s.store.RevokeKind(ctx, person, core.CredLink, c.Created); err != nil {
			return err
		}
		if err := s.store.AddCredential(ctx, c); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "link.create", Actor: actor, Target: string(person), Code: "ok"})
	})
	if err != nil {
		return core.Secret{}, err
	}
	return value, nil
}

// RedeemLink uses a link up and returns its person; it starts no session.
// Errors: Unauthorized.
func (s *Service) RedeemLink(ctx context.Context, link core.Secret) (core.Person, error) {
	var who core.Person
	err := s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.takeLink(ctx, link)
		who = p
		if err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "link.use", Actor: ActorOf(p, s.door), Target: string(p.ID), Code: "ok"})
	})
	return who, err
}

// TakeLink uses a link up and starts a session. Errors: Unauthorized; then
// nothing has changed.
func (s *Service) TakeLink(ctx context.Context, link core.Secret) (who core.Person, session core.Secret, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		if who, err = s.takeLink(ctx, link); err != nil {
			return err
		}
		session, err = s.StartSession(ctx, who)
		return err
	})
	if err != nil {
		return core.Person{}, core.Secret{}, err
	}
	return who, session, nil
}

func (s *Service) takeLink(ctx context.Context, link core.Secret) (core.Person, error) {
	p, c, err := s.holder(ctx, core.CredLink, link)
	if err != nil {
		return p, err
	}
	if !s.mayLink(p) {
		return core.Person{}, refused(core.CredLink)
	}
	ok, err := s.store.TakeCredential(ctx, core.CredLink, c.Hash, s.now())
	if err == nil && !ok {
		err = refused(core.CredLink)
	}
	if err != nil {
		return core.Person{}, err
	}
	return p, nil
}
