package oidc

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Ended is whom a provider signed out: one of its sessions, or all of a person's.
type Ended struct {
	Subject string
	Session string
}

// Logout reads the logout token that a provider sends when somebody signed out
// there (OpenID Connect Back-Channel Logout). Errors: Unreadable, Unavailable.
func (p *Provider) Logout(ctx context.Context, token string) (Ended, error) {
	o, err := p.ready(ctx)
	if err != nil {
		return Ended{}, err
	}
	bad := func(err error) error {
		return &core.Error{Code: core.Unreadable, Msg: "This logout token does not hold.", Err: err}
	}
	if token == "" || len(token) > maxIDToken {
		return Ended{}, bad(nil)
	}
	t, err := o.verifier.VerifyLogout(ctx, token)
	if err != nil {
		return Ended{}, bad(err)
	}
	now := p.clock.Now()
	if t.IssuedAt.After(now.Add(skew)) || now.Sub(t.IssuedAt) > oldest || t.Subject == "" && t.SessionID == "" {
		return Ended{}, bad(nil)
	}
	return Ended{Subject: t.Subject, Session: t.SessionID}, nil
}
