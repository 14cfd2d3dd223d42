package identity

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Arrival is somebody whom a sign-in provider vouches for.
type Arrival struct {
	Provider string
	Title    string // what people call the provider
	Subject  string
	Email    string // as the provider wrote it
	Vouched  bool   // verified, and of a domain that the provider is trusted for
	Name     string
	Groups   []string
	Told     bool // Groups is all of them; otherwise those that are kept stay
	AuthTime int64
	ACR      string
	Session  string // the provider's name for its session
	// Admit says what happens to somebody whom nobody here knows: with false they
	// are refused, else they are added with these roles.
	Admit bool
	Roles []core.Role
	// Once is the hash of the attempt, which counts once; Ends is when it ends.
	Once string
	Ends int64
	// Brings says that the provider brings its people by SCIM; ExternalID is what it
	// calls this one there, as its ID token says. See broughtPerson.
	Brings     bool
	ExternalID string
}

// Arrive signs a person in who comes from a provider. Who they are is decided by
// provider and subject. A person who is known here already is linked at the first
// sign-in by an e-mail that the provider vouches for, unless they have another
// account there; nobody ever takes over an account of somebody else. Errors:
// Forbidden for somebody who is not known or is switched off, Conflict when the
// e-mail is somebody else's, Unauthorized for an attempt that was used. Then
// nothing has changed.
func (s *Service) Arrive(ctx context.Context, a Arrival) (who core.Person, session core.Secret, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context) error {
		id, err := s.whoArrives(ctx, a)
		if err != nil {
			return err
		}
		if err := s.useOnce(ctx, a, id); err != nil {
			return err
		}
		if a.Told {
			if err := s.keepGroups(ctx, a, id); err != nil {
				return err
			}
		}
		if who, err = s.store.Person(ctx, id); err != nil {
			return err
		}
		session, err = s.startSession(ctx, who, core.Credential{Provider: a.Provider, ProviderSession: a.Session, AuthTime: a.AuthTime, ACR: a.ACR})
		return err
	})
	if err != nil {
		return core.Person{}, core.Secret{}, err
	}
	return who, session, nil
}

// whoArrives finds, links or adds the person.
func (s *Service) whoArrives(ctx context.Context, a Arrival) (core.ID, error) {
	known, err := s.store.Account(ctx, a.Provider, a.Subject)
	if err == nil {
		return known.Person, s.store.UseAccount(ctx, a.Provider, a.Subject, a.Email, s.now())
	}
	if core.CodeOf(err) != core.NotFound {
		return "", err
	}
	if id, err := s.broughtPerson(ctx, a); err != nil || id != "" {
		return id, err
	}
	if !a.Vouched {
		return "", nobody(a)
	}
	email, err := Email(a.Email)
	if err != nil {
		return "", nobody(a)
	}
	p, err := s.store.PersonByEmail(ctx, email)
	switch {
	case core.CodeOf(err) == core.NotFound && a.Admit:
		p, err = s.AddPerson(ctx, core.Actor{Kind: core.ActorSystem, Name: "sign-in at " + a.Provider, Door: s.door}, email, nameOf(a.Name), a.Roles)
	case core.CodeOf(err) == core.NotFound:
		return "", nobody(a)
	}
	if err == nil {
		err = s.notAnother(ctx, a, p)
	}
	if err != nil {
		return "", err
	}
	return p.ID, s.link(ctx, a, p)
}

// link keeps that an account is a person's.
func (s *Service) link(ctx context.Context, a Arrival, p core.Person) error {
	have, err := s.store.Accounts(ctx, p.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(have, func(o core.Account) bool { return o.Provider == a.Provider }) {
		return core.Errorf(core.Conflict, "%s belongs to another account at %s.", p.Email, a.Title).
			Hinted("If the account there was made anew, ask the platform team to take the old one away from the person.")
	}
	now := s.now()
	if err := s.store.AddAccount(ctx, core.Account{Provider: a.Provider, Subject: a.Subject, Person: p.ID, Email: a.Email, Created: now, Used: now}); err != nil {
		return err
	}
	return s.audit.Append(ctx, core.Event{Action: "account.link", Actor: ActorOf(p, s.door), Target: string(p.ID), Code: "ok",
		Data: map[string]string{"provider": a.Provider, "subject": a.Subject}})
}

// useOnce keeps that an attempt was used, until it would have ended anyway.
func (s *Service) useOnce(ctx context.Context, a Arrival, person core.ID) error {
	_, err := s.store.Credential(ctx, core.CredTicket, a.Once)
	if err == nil {
		return refused(core.CredSession)
	}
	if core.CodeOf(err) != core.NotFound {
		return err
	}
	now := s.clock.Now()
	return s.store.AddCredential(ctx, core.Credential{Hash: a.Once, ID: s.ids.New(now), Kind: core.CredTicket, Person: person, Created: core.Stamp(now), Expires: a.Ends})
}

// keepGroups keeps the groups that the provider told of, with an event if they are
// others than before.
func (s *Service) keepGroups(ctx context.Context, a Arrival, person core.ID) error {
	before, err := s.store.Person(ctx, person)
	if err != nil {
		return err
	}
	differ, err := s.store.PutGroups(ctx, person, a.Provider, a.Groups, s.now())
	if err != nil || !differ {
		return err
	}
	after, err := s.store.Person(ctx, person)
	if err != nil {
		return err
	}
	return s.audit.Append(ctx, core.Event{Action: "person.groups", Actor: ActorOf(after, s.door), Target: string(person), Code: "ok",
		Data: map[string]string{"provider": a.Provider, "roles_before": words(before.Roles), "roles": words(after.Roles)}})
}

// nobody refuses somebody who is not known here.
func nobody(a Arrival) error {
	e := core.Errorf(core.Forbidden, "You signed in at %s, but nobody here knows you yet.", a.Title)
	if a.Email != "" && !a.Vouched {
		return e.Hinted("Ask the platform team. An e-mail counts here only if the provider verified it, and if its domain is trusted.")
	}
	return e.Hinted("Ask the platform team to add you with the e-mail of your account there.")
}

// nameOf makes a name fit to be kept; what does not fit is left out.
func nameOf(name string) string {
	name = strings.TrimSpace(name)
	if checkName(name) != nil {
		return ""
	}
	return name
}
