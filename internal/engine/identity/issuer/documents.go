package issuer

import (
	"context"
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
)

// The places of the two documents below the issuer's address.
const (
	DiscoveryPath = "/.well-known/openid-configuration"
	KeysPath      = "/.well-known/jwks.json"
)

// Discovery is the issuer's description (OpenID Connect Discovery 1.0).
type Discovery struct {
	Issuer        string   `json:"issuer"`
	JWKSURI       string   `json:"jwks_uri"`
	ResponseTypes []string `json:"response_types_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	Scopes        []string `json:"scopes_supported"`
	Claims        []string `json:"claims_supported"`
}

// Discover returns the issuer's description.
func (s *Issuer) Discover() Discovery {
	return Discovery{Issuer: s.URL, JWKSURI: s.URL + KeysPath, ResponseTypes: []string{"id_token"}, SubjectTypes: []string{"public"},
		Algorithms: []string{"RS256"}, Scopes: []string{"openid"},
		Claims: []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "app", "app_id", "environment", "classification", "region", "target", "deployment", "artifact"}}
}

// KeySet is a JSON Web Key Set (RFC 7517).
type KeySet struct {
	Keys []json.RawMessage `json:"keys"`
}

// Published returns the keys by which tokens are verified now, and those that
// will sign next.
func (s *Issuer) Published(ctx context.Context) (KeySet, error) {
	keys, states, err := s.standing(ctx)
	set := KeySet{Keys: []json.RawMessage{}}
	for i, k := range keys {
		if states[i] != Gone {
			set.Keys = append(set.Keys, k.Public)
		}
	}
	return set, err
}

// Verifies reports whether a token that was signed by a key is still taken by
// whoever reads the published keys now.
func (s *Issuer) Verifies(ctx context.Context, key string) (bool, error) {
	keys, states, err := s.standing(ctx)
	for i, k := range keys {
		if k.ID == key {
			return states[i] != Gone, err
		}
	}
	return false, err
}

// Standing is one key and what it is for now.
type Standing struct {
	Key   core.IssuerKey
	State State
}

// List returns the keys that are published, by their beginning.
func (s *Issuer) List(ctx context.Context) ([]Standing, error) {
	keys, states, err := s.standing(ctx)
	var out []Standing
	for i, k := range keys {
		if states[i] != Gone {
			out = append(out, Standing{k, states[i]})
		}
	}
	return out, err
}
