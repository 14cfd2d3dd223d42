package app

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/issuer"
)

// tokenFresh is how much of its life a token still has when it is given out
// again to the same app for the same audience.
const tokenFresh = 2 * time.Minute

// tokens gives running apps identity tokens.
type tokens struct {
	house *house
	mu    sync.Mutex
	held  map[tokenFor]issuer.Token
}

// tokenFor is what a token is good for: a new deployment has its own.
type tokenFor struct {
	deployment core.ID
	audience   string
}

// mostTokens bounds how many tokens are held to be given out again.
const mostTokens = 4096

// issuerURL is Paddock as its tokens name it.
func (h *house) issuerURL() string {
	if h.config.IssuerURL != "" {
		return strings.TrimSuffix(h.config.IssuerURL, "/")
	}
	return strings.TrimSuffix(h.baseURL(), "/")
}

// Give implements egress.Identity: an app that is live gets a token, with an
// event for each that is signed.
func (t *tokens) Give(ctx context.Context, app core.ID, audience string) (core.Secret, time.Time, error) {
	h := t.house
	a, err := h.store.App(ctx, app)
	if err != nil {
		return core.Secret{}, time.Time{}, err
	}
	d, err := h.store.Live(ctx, app)
	if err != nil {
		return core.Secret{}, time.Time{}, err
	}
	key := tokenFor{d.ID, audience}
	if have, ok := t.have(key); ok {
		if ok, err := h.issuer.Verifies(ctx, have.Key); ok || err != nil { // a key that was replaced takes its tokens along
			return have.Value, have.Expires, err
		}
	}
	var made issuer.Token
	err = h.store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if made, err = h.issuer.Sign(ctx, issuer.Workload{App: a, Deployment: d, Environment: core.Production}, audience); err != nil {
			return err
		}
		return h.audit.Append(ctx, core.Event{Action: "identity.token", Actor: core.Actor{Kind: core.ActorApp, ID: a.ID, Name: a.Name, Door: "app"}, AppID: a.ID, Target: made.ID, Code: "ok",
			Data: map[string]string{"audience": audience, "deployment": string(d.ID), "expires": made.Expires.UTC().Format(time.RFC3339)}})
	})
	if err == nil {
		t.hold(key, made)
	}
	return made.Value, made.Expires, err
}

// have returns a token that was given before and lasts a while yet.
func (t *tokens) have(key tokenFor) (issuer.Token, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k, ok := t.held[key]
	return k, ok && k.Expires.Sub(t.house.clock.Now()) >= tokenFresh
}

func (t *tokens) hold(key tokenFor, k issuer.Token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.held) >= mostTokens || t.held == nil {
		t.held = map[tokenFor]issuer.Token{}
	}
	t.held[key] = k
}
