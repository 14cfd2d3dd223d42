package identity

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// StartSession signs a person in on one browser. Errors: Forbidden for somebody
// switched off, NotFound.
func (s *Service) StartSession(ctx context.Context, who core.Person) (core.Secret, error) {
	value, c, err := s.fresh(core.CredSession, who.ID, SessionLife)
	if err != nil {
		return core.Secret{}, err
	}
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, who.ID)
		if err != nil {
			return err
		}
		if p.Disabled {
			return core.Errorf(core.Forbidden, "Your account is switched off.").Hinted("Ask the platform team to switch it on again.")
		}
		if err := s.store.AddCredential(ctx, c); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "session.start", Actor: ActorOf(p, s.door), Target: string(c.ID), Code: "ok"})
	})
	if err != nil {
		return core.Secret{}, err
	}
	return value, nil
}

// Session returns who is signed in with a session. It ends 12 hours after
// sign-in, or after 2 hours without a request. Errors: Unauthorized.
func (s *Service) Session(ctx context.Context, session core.Secret) (core.Person, error) {
	p, c, err := s.holder(ctx, core.CredSession, session)
	if err != nil {
		return p, err
	}
	if s.now()-max(c.Created, c.Used) >= SessionIdle.Microseconds() {
		return core.Person{}, refused(core.CredSession)
	}
	return p, s.used(ctx, c)
}

// EndSession signs out: the session ends, and with it the person's visits to
// apps. It is no error when the session has ended or was never there.
func (s *Service) EndSession(ctx context.Context, session core.Secret) error {
	p, c, err := s.holder(ctx, core.CredSession, session)
	if core.CodeOf(err) == core.Unauthorized {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.InTx(ctx, func(ctx context.Context) error {
		now := s.now()
		if err := s.store.RevokeCredential(ctx, c.ID, now); err != nil {
			if core.CodeOf(err) == core.NotFound {
				return nil // ended meanwhile
			}
			return err
		}
		for _, kind := range []core.CredentialKind{core.CredTicket, core.CredVisit} {
			if err := s.store.RevokeKind(ctx, p.ID, kind, now); err != nil {
				return err
			}
		}
		return s.audit.Append(ctx, core.Event{Action: "session.end", Actor: ActorOf(p, s.door), Target: string(c.ID), Code: "ok"})
	})
}
