package identity

import (
	"context"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

// Limits is how long sessions last. Zero values stand for the defaults.
type Limits struct {
	Life time.Duration // from sign-in, however busy
	Idle time.Duration // without a request
}

// Limit returns the service with other limits of sessions.
func (s *Service) Limit(l Limits) *Service {
	c := *s
	if l.Life > 0 {
		c.limits.Life = l.Life
	}
	if l.Idle > 0 {
		c.limits.Idle = l.Idle
	}
	return &c
}

// StartSession signs a person in on one browser, who has just proved who they
// are. It ends the oldest of MostSessions. Errors: Forbidden for somebody switched off, NotFound.
func (s *Service) StartSession(ctx context.Context, who core.Person) (core.Secret, error) {
	return s.startSession(ctx, who, core.Credential{AuthTime: s.now()})
}

// startSession starts a session that was signed in as the fields of by say.
func (s *Service) startSession(ctx context.Context, who core.Person, by core.Credential) (core.Secret, error) {
	value, c, err := s.fresh(core.CredSession, who.ID, s.limits.Life)
	if err != nil {
		return core.Secret{}, err
	}
	c.Name, c.Provider, c.ProviderSession, c.AuthTime, c.ACR = by.Name, by.Provider, by.ProviderSession, by.AuthTime, by.ACR
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.store.Person(ctx, who.ID)
		if err != nil {
			return err
		}
		if p.Disabled {
			return core.Errorf(core.Forbidden, "Your account is switched off.").Hinted("Ask the platform team to switch it on again.")
		}
		if err := s.makeRoom(ctx, p); err != nil {
			return err
		}
		if err := s.store.AddCredential(ctx, c); err != nil {
			return err
		}
		e := core.Event{Action: "session.start", Actor: ActorOf(p, s.door), Target: string(c.ID), Code: "ok"}
		if c.Provider != "" {
			e.Data = map[string]string{"provider": c.Provider}
		}
		return s.audit.Append(ctx, e)
	})
	if err != nil {
		return core.Secret{}, err
	}
	return value, nil
}

// makeRoom ends the oldest sessions of a person who has as many as they may.
func (s *Service) makeRoom(ctx context.Context, p core.Person) error {
	all, err := s.Sessions(ctx, p.ID)
	if err != nil || len(all) < MostSessions {
		return err
	}
	return s.end(ctx, p, core.System("sign-in"), all[MostSessions-1:]...)
}

// Session returns who is signed in with a session. It ends some time after
// sign-in, or some time without a request. Errors: Unauthorized.
func (s *Service) Session(ctx context.Context, session core.Secret) (core.Person, error) {
	p, c, err := s.session(ctx, session)
	if err != nil {
		return p, err
	}
	return p, s.used(ctx, c)
}

// SignedIn returns the session itself: when its person last proved who they are,
// and how. Looking does not count as use. Errors: Unauthorized.
func (s *Service) SignedIn(ctx context.Context, session core.Secret) (core.Credential, error) {
	_, c, err := s.session(ctx, session)
	return c, err
}

func (s *Service) session(ctx context.Context, session core.Secret) (core.Person, core.Credential, error) {
	p, c, err := s.holder(ctx, core.CredSession, session)
	if err == nil && !s.awake(c) {
		err = refused(core.CredSession)
	}
	if err != nil {
		return core.Person{}, core.Credential{}, err
	}
	return p, c, nil
}

// awake reports whether a session was used within the time that it may idle, and
// is not older than sessions may be now.
func (s *Service) awake(c core.Credential) bool {
	now := s.now()
	return now-max(c.Created, c.Used) < s.limits.Idle.Microseconds() && now-c.Created < s.limits.Life.Microseconds()
}

// Sessions lists a person's sessions in force, newest first, without values.
func (s *Service) Sessions(ctx context.Context, person core.ID) ([]core.Credential, error) {
	all, err := s.store.Sessions(ctx, person)
	return slices.DeleteFunc(all, func(c core.Credential) bool { return !c.InForce(s.now()) || !s.awake(c) }), err
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
	return s.store.InTx(ctx, func(ctx context.Context) error { return s.end(ctx, p, ActorOf(p, s.door), c) })
}

// end ends sessions of one person, those of them that are still there.
func (s *Service) end(ctx context.Context, p core.Person, by core.Actor, sessions ...core.Credential) error {
	now := s.now()
	for _, c := range sessions {
		if err := s.store.RevokeCredential(ctx, c.ID, now); err != nil {
			if core.CodeOf(err) == core.NotFound {
				continue // ended meanwhile
			}
			return err
		}
		if err := s.audit.Append(ctx, core.Event{Action: "session.end", Actor: by, Target: string(c.ID), Code: "ok"}); err != nil {
			return err
		}
	}
	for _, kind := range []core.CredentialKind{core.CredTicket, core.CredVisit} {
		if err := s.store.RevokeKind(ctx, p.ID, kind, now); err != nil {
			return err
		}
	}
	return nil
}

// EndOwn ends one of the caller's own sessions, wherever it is. Errors: NotFound,
// also for somebody else's.
func (s *Service) EndOwn(ctx context.Context, who core.Person, id core.ID) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		all, err := s.Sessions(ctx, who.ID)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.ID == id {
				return s.end(ctx, who, ActorOf(who, s.door), c)
			}
		}
		return core.Errorf(core.NotFound, "You have no session with the id %q.", id).Hinted("Look at the list of your sessions.")
	})
}

// EndAll signs a person out everywhere.
func (s *Service) EndAll(ctx context.Context, who core.Person) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		all, err := s.store.Sessions(ctx, who.ID)
		if err != nil {
			return err
		}
		return s.end(ctx, who, ActorOf(who, s.door), all...)
	})
}

// EndAt ends the sessions that began at a provider and have ended there: those of
// one session there, or all of an account's. Unknown ones are no error: a provider
// tells of everybody who signs out.
func (s *Service) EndAt(ctx context.Context, provider, session, subject string) error {
	return s.store.InTx(ctx, func(ctx context.Context) error {
		var all []core.Credential
		var err error
		if session != "" {
			all, err = s.store.ProviderSessions(ctx, provider, session)
		} else {
			all, err = s.sessionsOf(ctx, provider, subject)
		}
		if err != nil {
			return err
		}
		for _, c := range all {
			p, err := s.store.Person(ctx, c.Person)
			if err != nil {
				return err
			}
			if err := s.end(ctx, p, core.Actor{Kind: core.ActorSystem, Name: "sign-out at " + provider, Door: s.door}, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) sessionsOf(ctx context.Context, provider, subject string) ([]core.Credential, error) {
	a, err := s.store.Account(ctx, provider, subject)
	if core.CodeOf(err) == core.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := s.store.Sessions(ctx, a.Person)
	return slices.DeleteFunc(all, func(c core.Credential) bool { return c.Provider != provider }), err
}
