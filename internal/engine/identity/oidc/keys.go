package oidc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/paddock-dev/paddock/internal/core"
)

// keys are the public keys of one provider; it implements go-oidc's KeySet. A key
// that is known costs no request. One that is not makes one each keysPause at most,
// whoever sends the token and whatever the answer was; whoever comes meanwhile waits
// for the answer.
type keys struct {
	at         string // address of the key set
	client     *http.Client
	clock      core.Clock
	algorithms []jose.SignatureAlgorithm

	known atomic.Pointer[[]jose.JSONWebKey]
	mu    sync.Mutex // held by who asks
	asked time.Time
	why   error // of the last request
}

func newKeys(at string, client *http.Client, clock core.Clock, algorithms []string) *keys {
	k := &keys{at: at, client: client, clock: clock}
	for _, a := range algorithms {
		k.algorithms = append(k.algorithms, jose.SignatureAlgorithm(a))
	}
	k.known.Store(new([]jose.JSONWebKey))
	return k
}

// VerifySignature implements oidc.KeySet: it returns the payload of a token that
// one of the provider's keys signed.
func (k *keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	t, err := jose.ParseSignedCompact(token, k.algorithms)
	if err != nil {
		return nil, err
	}
	if payload, ok := k.match(t); ok {
		return payload, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := k.clock.Now(); k.asked.IsZero() || now.Sub(k.asked) >= keysPause || now.Before(k.asked) {
		k.asked = now
		known, err := k.ask(ctx)
		if k.why = err; err == nil {
			k.known.Store(&known)
		}
	}
	if payload, ok := k.match(t); ok {
		return payload, nil
	}
	if k.why != nil {
		return nil, fmt.Errorf("its keys cannot be read: %w", k.why)
	}
	return nil, errors.New("none of its keys made the signature")
}

// match looks for the key that signed t.
func (k *keys) match(t *jose.JSONWebSignature) ([]byte, bool) {
	id := t.Signatures[0].Header.KeyID
	for _, key := range *k.known.Load() {
		if id == "" || key.KeyID == id {
			if payload, err := t.Verify(&key); err == nil {
				return payload, true
			}
		}
	}
	return nil, false
}

// ask reads the key set. The answer is for everybody who waits, so it does not end
// with the request of the one who came first.
func (k *keys) ask(ctx context.Context) ([]jose.JSONWebKey, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.at, nil)
	if err != nil {
		return nil, err
	}
	resp, err := k.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", k.at, resp.Status)
	}
	body, err := io.ReadAll(&short{rest: resp.Body, left: maxKeys})
	if err != nil {
		return nil, err
	}
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, err
	}
	return set.Keys, nil
}
