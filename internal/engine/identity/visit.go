package identity

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// NewTicket makes a one-time hand-over from Paddock's pages to the address of
// one app, good for 30 seconds. The caller has checked that who may open the
// app. It is book-keeping of a session that has its event; it has none itself.
func (s *Service) NewTicket(ctx context.Context, who core.Person, app core.ID) (core.Secret, error) {
	value, c, err := s.fresh(core.CredTicket, who.ID, TicketLife)
	if err != nil {
		return core.Secret{}, err
	}
	c.AppID = app
	err = s.store.Quietly(ctx, func(ctx context.Context) error { return s.store.AddCredential(ctx, c) })
	if err != nil {
		return core.Secret{}, err
	}
	return value, nil
}

// TakeTicket uses a ticket up at the address of app and returns the visit that
// replaces it. A ticket for another app is refused and stays as it is. Errors:
// Unauthorized.
func (s *Service) TakeTicket(ctx context.Context, ticket core.Secret, app core.ID) (who core.Person, visit core.Secret, err error) {
	err = s.store.Quietly(ctx, func(ctx context.Context) error {
		p, c, err := s.holder(ctx, core.CredTicket, ticket)
		if err != nil {
			return err
		}
		if app == "" || c.AppID != app {
			return refused(core.CredTicket)
		}
		ok, err := s.store.TakeCredential(ctx, core.CredTicket, c.Hash, s.now())
		if err == nil && !ok {
			err = refused(core.CredTicket)
		}
		if err != nil {
			return err
		}
		value, v, err := s.fresh(core.CredVisit, p.ID, VisitLife)
		if err != nil {
			return err
		}
		v.AppID, who, visit = app, p, value
		return s.store.AddCredential(ctx, v)
	})
	if err != nil {
		return core.Person{}, core.Secret{}, err
	}
	return who, visit, nil
}

// Visit returns who is visiting app's own address. A visit to one app opens no
// other. Errors: Unauthorized.
func (s *Service) Visit(ctx context.Context, visit core.Secret, app core.ID) (core.Person, error) {
	p, c, err := s.holder(ctx, core.CredVisit, visit)
	if err != nil {
		return p, err
	}
	if app == "" || c.AppID != app {
		return core.Person{}, refused(core.CredVisit)
	}
	return p, nil
}
