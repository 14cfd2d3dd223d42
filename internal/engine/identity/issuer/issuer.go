package issuer

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"sync"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
)

// Keys keeps the issuer's keys.
type Keys interface {
	// IssuerKeys lists all keys, also those that are gone, by their beginning.
	IssuerKeys(ctx context.Context) ([]core.IssuerKey, error)
	AddIssuerKey(ctx context.Context, k core.IssuerKey) error
	// RemoveIssuerKeys marks every key but one as removed.
	RemoveIssuerKeys(ctx context.Context, but string, now int64) error
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
}

// Sealer keeps a private key at rest.
type Sealer interface {
	Seal(purpose string, value core.Secret) ([]byte, error)
	Unseal(purpose string, sealed []byte) (core.Secret, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Issuer signs identity tokens of apps. It is safe for concurrent use. URL is
// the issuer as tokens name it: without a slash at its end.
type Issuer struct {
	Keys   Keys
	Sealer Sealer
	Audit  Audit
	Clock  core.Clock
	IDs    core.IDs
	URL    string

	opened sync.Map // kid -> *rsa.PrivateKey
}

const (
	// bits of a key: what every cloud takes, and all of them take RS256.
	bits    = 2048
	purpose = "issuer key "
)

// Keep announces the next key when it is time, and makes the first. Running it
// once a day is enough; running it twice at once does no harm.
func (s *Issuer) Keep(ctx context.Context) error {
	return s.Keys.InTx(ctx, func(ctx context.Context) error {
		keys, err := s.Keys.IssuerKeys(ctx)
		if err != nil {
			return err
		}
		begins, ok := due(keys, s.now())
		if !ok {
			return nil
		}
		_, err = s.add(ctx, core.System("issuer"), begins, "issuer.announce")
		return err
	})
}

// Rotate announces a new key before its time. At once is for a key that others
// may have: the new one signs immediately, all others count no more, and tokens
// they signed are refused wherever the published keys are read again. Errors:
// Conflict when the next key is announced already.
func (s *Issuer) Rotate(ctx context.Context, by core.Actor, atOnce bool) (core.IssuerKey, error) {
	var made core.IssuerKey
	err := s.Keys.InTx(ctx, func(ctx context.Context) error {
		keys, err := s.Keys.IssuerKeys(ctx)
		if err != nil {
			return err
		}
		now := s.now()
		if atOnce {
			if made, err = s.add(ctx, by, now, "issuer.replace"); err != nil {
				return err
			}
			return s.Keys.RemoveIssuerKeys(ctx, made.ID, now)
		}
		for i, state := range stateOf(keys, now) {
			if state == Announced {
				return core.Errorf(core.Conflict, "The next key is announced already; it signs from %s on.", core.Moment(keys[i].Begins).Format("2 January 15:04 MST")).
					Hinted("Wait for it. If the present key is in wrong hands, replace it at once.")
			}
		}
		begins := now
		if signing(keys, now) >= 0 {
			begins += Announce.Microseconds()
		}
		made, err = s.add(ctx, by, begins, "issuer.announce")
		return err
	})
	return made, err
}

// add makes a key and keeps it, with its event.
func (s *Issuer) add(ctx context.Context, by core.Actor, begins int64, action string) (core.IssuerKey, error) {
	k, err := s.fresh(begins)
	if err != nil {
		return k, err
	}
	if err := s.Keys.AddIssuerKey(ctx, k); err != nil {
		return k, err
	}
	return k, s.Audit.Append(ctx, core.Event{Action: action, Actor: by, Target: k.ID, Code: "ok",
		Data: map[string]string{"begins": core.Moment(begins).UTC().Format("2006-01-02T15:04:05Z")}})
}

// fresh makes a key that nobody has seen. Its name is the SHA-256 of the public half.
func (s *Issuer) fresh(begins int64) (core.IssuerKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return core.IssuerKey{}, core.Hidden("Making a key of the issuer", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return core.IssuerKey{}, core.Hidden("Making a key of the issuer", err)
	}
	sum := sha256.Sum256(x509.MarshalPKCS1PublicKey(&private.PublicKey))
	id := base64.RawURLEncoding.EncodeToString(sum[:16])
	public, err := json.Marshal(jose.JSONWebKey{Key: &private.PublicKey, KeyID: id, Algorithm: string(jose.RS256), Use: "sig"})
	if err != nil {
		return core.IssuerKey{}, core.Hidden("Making a key of the issuer", err)
	}
	sealed, err := s.Sealer.Seal(purpose+id, core.NewSecret(der))
	return core.IssuerKey{ID: id, Public: public, Sealed: sealed, Created: s.now(), Begins: begins}, err
}

// private opens a key, once in the life of the process.
func (s *Issuer) private(k core.IssuerKey) (*rsa.PrivateKey, error) {
	if have, ok := s.opened.Load(k.ID); ok {
		return have.(*rsa.PrivateKey), nil
	}
	value, err := s.Sealer.Unseal(purpose+k.ID, k.Sealed)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(value.Open())
	private, ok := parsed.(*rsa.PrivateKey)
	if err != nil || !ok {
		return nil, core.Errorf(core.Unreadable, "The issuer's key %s is damaged.", k.ID).Hinted("Replace it: paddock issuer rotate --at-once.")
	}
	s.opened.Store(k.ID, private)
	return private, nil
}

// standing returns all keys with their states, making the first key if there is none.
func (s *Issuer) standing(ctx context.Context) ([]core.IssuerKey, []State, error) {
	keys, err := s.Keys.IssuerKeys(ctx)
	if err == nil && signing(keys, s.now()) < 0 {
		if err = s.Keep(ctx); err == nil {
			keys, err = s.Keys.IssuerKeys(ctx)
		}
	}
	return keys, stateOf(keys, s.now()), err
}

func (s *Issuer) now() int64 { return core.Stamp(s.Clock.Now()) }
