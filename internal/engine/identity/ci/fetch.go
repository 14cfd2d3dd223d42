package ci

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Client fetches what issuers publish. It follows no redirect.
type Client struct{ http *http.Client }

// NewClient returns a client over a transport; nil is the usual one.
func NewClient(t http.RoundTripper) Client {
	return Client{&http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// keySet reads an issuer's discovery document and the key set that it names,
// which must be on the issuer's own host.
func (c Client) keySet(ctx context.Context, issuer string) (map[string]jose.JSONWebKey, error) {
	var found struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := c.get(ctx, issuer+"/.well-known/openid-configuration", &found); err != nil {
		return nil, err
	}
	if found.Issuer != issuer {
		return nil, fmt.Errorf("the discovery document is of the issuer %.200q", found.Issuer)
	}
	at, err := url.Parse(found.Keys)
	home, herr := url.Parse(issuer)
	if err != nil || herr != nil || at.Scheme != home.Scheme || !strings.EqualFold(at.Host, home.Host) {
		return nil, fmt.Errorf("the key set is said to be at %.200q, which is another host", found.Keys)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := c.get(ctx, found.Keys, &set); err != nil {
		return nil, err
	}
	if len(set.Keys) > mostKeys {
		return nil, fmt.Errorf("the key set has %d keys; %d are read", len(set.Keys), mostKeys)
	}
	return usable(set.Keys)
}

// usable keeps the keys that may sign a token. A name that two keys have is
// nobody's name.
func usable(all []json.RawMessage) (map[string]jose.JSONWebKey, error) {
	out, twice := map[string]jose.JSONWebKey{}, map[string]bool{}
	for _, raw := range all {
		var k jose.JSONWebKey
		if json.Unmarshal(raw, &k) != nil || !goodKeyID.MatchString(k.KeyID) || k.Use != "" && k.Use != "sig" || !k.IsPublic() || !strong(k) {
			continue
		}
		if _, there := out[k.KeyID]; there {
			twice[k.KeyID] = true
		}
		out[k.KeyID] = k
	}
	for kid := range twice {
		delete(out, kid)
	}
	if len(out) == 0 {
		return nil, errors.New("the key set has no key that may sign a token")
	}
	return out, nil
}

// strong wants RSA of 2048 to 8192 bits, P-256 or Ed25519, each for its own
// algorithm.
func strong(k jose.JSONWebKey) bool {
	switch key := k.Key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= 2048 && key.N.BitLen() <= 8192 && either(k.Algorithm, "RS256") == "RS256"
	case *ecdsa.PublicKey:
		return key.Curve == elliptic.P256() && either(k.Algorithm, "ES256") == "ES256"
	case ed25519.PublicKey:
		return either(k.Algorithm, "EdDSA") == "EdDSA"
	}
	return false
}

func (c Client) get(ctx context.Context, from string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s", from, resp.Status)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxKeyset+1))
	if err != nil {
		return err
	}
	if len(b) > maxKeyset {
		return fmt.Errorf("%s is larger than %d bytes", from, maxKeyset)
	}
	return json.Unmarshal(b, into)
}
