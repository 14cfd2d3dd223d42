package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	// tokenPrefix lets secret scanners recognise a leaked access token.
	tokenPrefix = "pdk_"
	valueBytes  = 32
	// longestValue bounds what is hashed; real values have 43 or 47 letters.
	longestValue = 128
)

// unknownPerson is looked up for unknown values, so that they cost the same.
const unknownPerson core.ID = "00000000-0000-7000-8000-000000000000"

// fresh makes a random value and the credential that stands for it.
func (s *Service) fresh(kind core.CredentialKind, person core.ID, life time.Duration) (core.Secret, core.Credential, error) {
	raw := make([]byte, valueBytes)
	if _, err := io.ReadFull(s.rand, raw); err != nil {
		return core.Secret{}, core.Credential{}, core.Hidden("Making a "+string(kind), err)
	}
	text := base64.RawURLEncoding.EncodeToString(raw)
	if kind == core.CredToken {
		text = tokenPrefix + text
	}
	now := s.clock.Now()
	value := core.NewSecret([]byte(text))
	return value, core.Credential{Hash: hashOf(value), ID: s.ids.New(now), Kind: kind, Person: person,
		Created: core.Stamp(now), Expires: core.Stamp(now.Add(life))}, nil
}

// hashOf is all that is kept of a value: its SHA-256 in hexadecimal.
func hashOf(value core.Secret) string {
	b := value.Open()
	if len(b) > longestValue {
		b = nil
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// holder returns the credential behind a value and its person if both are in
// force now. Whatever is wrong, the answer is Unauthorized and does not say
// what; other errors mean that the store could not be read.
func (s *Service) holder(ctx context.Context, kind core.CredentialKind, value core.Secret) (core.Person, core.Credential, error) {
	c, err := s.store.Credential(ctx, kind, hashOf(value))
	known := err == nil
	if err != nil {
		if core.CodeOf(err) != core.NotFound {
			return core.Person{}, core.Credential{}, err
		}
		c.Person = unknownPerson
	}
	p, err := s.store.Person(ctx, c.Person)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return core.Person{}, core.Credential{}, err
	}
	if !known || err != nil || p.Disabled || !c.InForce(s.now()) {
		return core.Person{}, core.Credential{}, refused(kind)
	}
	return p, c, nil
}

func refused(kind core.CredentialKind) error {
	switch kind {
	case core.CredLink:
		return core.Errorf(core.Unauthorized, "This sign-in link is used up or too old.").Hinted("Ask the platform team for a new link.")
	case core.CredToken:
		return core.Errorf(core.Unauthorized, "This access token is not valid.").Hinted("Make a new access token on your page.")
	default:
		return core.Errorf(core.Unauthorized, "You are not signed in.").Hinted("Open Paddock and sign in again.")
	}
}

// used writes down that a value was used, at most once a minute.
func (s *Service) used(ctx context.Context, c core.Credential) error {
	return s.usedAt(ctx, c, core.Use{})
}

func (s *Service) usedAt(ctx context.Context, c core.Credential, at core.Use) error {
	now := s.now()
	if now-max(c.Used, c.Created) < useEvery.Microseconds() && c.Used != 0 {
		return nil
	}
	return s.store.Quietly(ctx, func(ctx context.Context) error { return s.store.UseCredential(ctx, c.Hash, now, at) })
}
