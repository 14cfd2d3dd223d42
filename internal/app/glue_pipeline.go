package app

import (
	"context"
	"crypto/rand"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/oauth"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
)

// newPipelines makes what connects pipelines, for the forges in the identity
// settings.
func (h *house) newPipelines() (*pipeline.Service, error) {
	verifier, err := ci.New(h.signIns.file.CI, h.clock, ci.NewClient(nil))
	if err != nil {
		return nil, err
	}
	return &pipeline.Service{Store: h.store, Verify: verifier, Audit: h.audit, Tell: h.notifier, Clock: h.clock, IDs: h.ids, Rand: rand.Reader}, nil
}

// exchanger gives access tokens for the door of RFC 8693.
type exchanger struct{ pipelines *pipeline.Service }

// Exchange implements oauth.Exchanger.
func (e exchanger) Exchange(ctx context.Context, token, app string, scopes []string) (oauth.Given, error) {
	g, err := e.pipelines.Exchange(ctx, token, app, scopes)
	return oauth.Given{Value: g.Value, Scopes: g.Scopes, Life: int64(g.Life.Seconds())}, err
}

// callers knows people by session and access token, and pipelines by theirs.
type callers struct {
	edge.Identity
	pipelines *pipeline.Service
}

// Token implements edge.Identity.
func (c callers) Token(ctx context.Context, value core.Secret, at core.Use) (core.Person, core.Credential, error) {
	if pipeline.Ours(value) {
		who, err := c.pipelines.Token(ctx, value)
		return who, core.Credential{Kind: core.CredToken, Person: who.ID, Scope: string(core.RoleService)}, err
	}
	return c.Identity.Token(ctx, value, at)
}
