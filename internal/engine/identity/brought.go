package identity

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// broughtPerson finds and links the person whom a provider brought by SCIM, at
// their first sign-in: the name that SCIM gave (externalId) and the claim of the
// ID token must be the same. No e-mail is needed for it. It returns "" when the
// provider brings nobody, or has brought nobody of that name.
func (s *Service) broughtPerson(ctx context.Context, a Arrival) (core.ID, error) {
	if !a.Brings || a.ExternalID == "" {
		return "", nil
	}
	all, err := s.store.BroughtExternal(ctx, a.Provider, a.ExternalID)
	if err != nil {
		return "", err
	}
	for _, b := range all {
		if b.Gone != 0 {
			continue
		}
		p, err := s.store.Person(ctx, b.Person)
		if err != nil {
			return "", err
		}
		return p.ID, s.link(ctx, a, p)
	}
	return "", nil
}

// notAnother refuses to link by e-mail somebody whom the provider has brought as
// another: an e-mail that changed hands must not open the account of whoever had
// it before.
func (s *Service) notAnother(ctx context.Context, a Arrival, p core.Person) error {
	if !a.Brings {
		return nil
	}
	b, err := s.store.BroughtAs(ctx, a.Provider, p.ID)
	switch {
	case core.CodeOf(err) == core.NotFound:
		return nil
	case err != nil:
		return err
	case b.Gone == 0 && (b.ExternalID == "" || b.ExternalID == a.ExternalID):
		return nil
	}
	return core.Errorf(core.Conflict, "%s told of %s by SCIM, as somebody else than who signed in.", a.Title, p.Email).
		Hinted("Tell the platform team: externalId at SCIM must be what the ID token has in scim_claim. See the guide for SCIM.")
}
