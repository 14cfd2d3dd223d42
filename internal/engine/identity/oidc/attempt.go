package oidc

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/paddock-dev/paddock/internal/core"
)

// Attempt is one way to a provider and back. The browser holds it, sealed; a way
// back that comes in another browser has none that fits.
type Attempt struct {
	Provider string `json:"p"`
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // of PKCE
	Next     string `json:"x"` // the page to go on with
	Fresh    bool   `json:"f"` // the person was to prove anew who they are
	At       int64  `json:"t"`
}

// Start returns where to send the browser, and the attempt to keep in it. fresh
// asks the provider to let the person prove anew who they are. Errors: Unavailable.
func (p *Provider) Start(ctx context.Context, random io.Reader, next string, fresh bool) (to string, a Attempt, err error) {
	o, err := p.ready(ctx)
	if err != nil {
		return "", a, err
	}
	a = Attempt{Provider: p.Name, Next: next, Fresh: fresh, At: core.Stamp(p.clock.Now())}
	for _, into := range []*string{&a.State, &a.Nonce, &a.Verifier} {
		raw := make([]byte, 32)
		if _, err := io.ReadFull(random, raw); err != nil {
			return "", a, core.Hidden("Signing in", err)
		}
		*into = base64.RawURLEncoding.EncodeToString(raw)
	}
	with := []oauth2.AuthCodeOption{goidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if fresh {
		with = append(with, oauth2.SetAuthURLParam("prompt", "login"), oauth2.SetAuthURLParam("max_age", "0"))
		if p.ACR != "" {
			with = append(with, oauth2.SetAuthURLParam("acr_values", p.ACR))
		}
	}
	return o.auth.AuthCodeURL(a.State, with...), a, nil
}

// Hash is what is kept of an attempt that was used, so that it is used once.
func (a Attempt) Hash() string {
	sum := sha256.Sum256([]byte("attempt " + a.State))
	return hex.EncodeToString(sum[:])
}

// Ends returns when an attempt ends.
func (a Attempt) Ends() int64 { return a.At + AttemptLife.Microseconds() }

// fits reports whether a way back belongs to the attempt.
func (a Attempt) fits(provider, state string, now int64) bool {
	return a.Provider == provider && a.State != "" && subtle.ConstantTimeCompare([]byte(a.State), []byte(state)) == 1 &&
		now < a.Ends() && now >= a.At-skew.Microseconds()
}

// Encode returns the attempt as text, to be sealed.
func (a Attempt) Encode() []byte {
	b, err := json.Marshal(a)
	if err != nil {
		panic("oidc: an attempt does not encode: " + err.Error())
	}
	return b
}

// DecodeAttempt reads what Encode made; anything else is an empty attempt, which
// fits nothing.
func DecodeAttempt(b []byte) Attempt {
	var a Attempt
	if json.Unmarshal(b, &a) != nil {
		return Attempt{}
	}
	return a
}
