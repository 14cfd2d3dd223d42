package oidc

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/paddock-dev/paddock/internal/core"
)

// Provider signs people in at one provider. It is safe for concurrent use.
type Provider struct {
	Config
	secret core.Secret
	back   string // where the provider sends people back to
	home   string // the page that people see after they signed out there
	clock  core.Clock
	log    *slog.Logger
	client *http.Client

	mu    sync.Mutex
	found *offer
	tried time.Time
	fault error
}

// offer is what a provider says of itself.
type offer struct {
	*goidc.Provider
	at       time.Time
	auth     oauth2.Config
	verifier *goidc.IDTokenVerifier
	end      string // end_session_endpoint; empty for none
	says     bool   // it names itself on the way back (RFC 9207)
	userinfo bool
}

// Options are what a provider needs besides its config.
type Options struct {
	BaseURL   string // how people reach this server
	Secret    core.Secret
	Clock     core.Clock
	Log       *slog.Logger
	Transport http.RoundTripper // nil is the usual one
}

// BackPath is the path that a provider sends people back to.
func BackPath(name string) string { return "/sign-in/back/" + name }

// New returns a provider; it asks it nothing yet. The config must be checked.
func New(c Config, o Options) *Provider {
	p := &Provider{Config: c, secret: o.Secret, back: o.BaseURL + BackPath(c.Name), home: o.BaseURL + "/sign-in", clock: o.Clock, log: o.Log}
	p.client = newClient(o.Transport)
	return p
}

// Ready asks the provider what it offers, unless that is known. Errors:
// Unavailable, with a message for the people who run the server.
func (p *Provider) Ready(ctx context.Context) error {
	_, err := p.ready(ctx)
	return err
}

func (p *Provider) ready(ctx context.Context) (*offer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if p.found != nil && now.Sub(p.found.at) < fresh {
		return p.found, nil
	}
	if p.tried.IsZero() || now.Sub(p.tried) >= pause {
		p.tried = now
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		found, err := p.discover(ctx)
		if err == nil {
			if p.fault != nil {
				p.log.InfoContext(ctx, "the sign-in provider answers again", "provider", p.Name)
			}
			p.found, p.fault = found, nil
			return found, nil
		}
		if p.fault == nil || p.fault.Error() != err.Error() {
			p.log.WarnContext(ctx, "the sign-in provider cannot be used; it is tried again when somebody signs in", "provider", p.Name, "issuer", p.Issuer, "error", err)
		}
		p.fault = err
	}
	if p.found != nil && now.Sub(p.found.at) < stale {
		return p.found, nil
	}
	return nil, &core.Error{Code: core.Unavailable, Msg: fmt.Sprintf("%s does not answer, so nobody can sign in there now.", p.Title),
		Hint: "Try again in a minute. If it stays so, tell the platform team.", Err: p.fault}
}

func (p *Provider) discover(ctx context.Context) (*offer, error) {
	ctx = goidc.ClientContext(ctx, p.client)
	found, err := goidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		AuthAt     string   `json:"authorization_endpoint"`
		TokenAt    string   `json:"token_endpoint"`
		KeysAt     string   `json:"jwks_uri"`
		UserInfoAt string   `json:"userinfo_endpoint"`
		EndAt      string   `json:"end_session_endpoint"`
		Says       bool     `json:"authorization_response_iss_parameter_supported"`
		Algorithms []string `json:"id_token_signing_alg_values_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, err
	}
	for name, at := range map[string]string{"authorization_endpoint": more.AuthAt, "token_endpoint": more.TokenAt, "jwks_uri": more.KeysAt} {
		if !p.safe(at) {
			return nil, fmt.Errorf("its %s is %.200q, which is not https", name, at)
		}
	}
	var taken []string
	for _, a := range algorithms {
		if slices.Contains(more.Algorithms, a) || len(more.Algorithms) == 0 && a == "RS256" {
			taken = append(taken, a)
		}
	}
	if len(taken) == 0 {
		return nil, fmt.Errorf("it signs ID tokens with none of the algorithms that are taken here, but with %.200q", more.Algorithms)
	}
	o := &offer{Provider: found, at: p.clock.Now(), says: more.Says, userinfo: p.safe(more.UserInfoAt)}
	o.verifier = goidc.NewVerifier(p.Issuer, newKeys(more.KeysAt, p.client, p.clock, taken), &goidc.Config{ClientID: p.ClientID, SupportedSigningAlgs: taken, Now: func() time.Time { return p.clock.Now().Add(-skew) }})
	o.auth = oauth2.Config{ClientID: p.ClientID, ClientSecret: string(p.secret.Open()), Endpoint: found.Endpoint(), RedirectURL: p.back,
		Scopes: append([]string{goidc.ScopeOpenID, "profile", "email"}, p.Scopes...)}
	if p.safe(more.EndAt) {
		o.end = more.EndAt
	}
	return o, nil
}

// safe wants an https address, or any on this machine for an issuer that is there too.
func (p *Provider) safe(at string) bool {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) && strings.HasPrefix(p.Issuer, "http:")
}

// EndURL is where the browser goes to be signed out at the provider too; it is
// empty for a provider that has no such page. hint is the ID token of the
// session, or empty.
func (p *Provider) EndURL(ctx context.Context, hint string) string {
	o, err := p.ready(ctx)
	if err != nil || o.end == "" {
		return ""
	}
	u, err := url.Parse(o.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.ClientID)
	q.Set("post_logout_redirect_uri", p.home)
	if hint != "" {
		q.Set("id_token_hint", hint)
	}
	u.RawQuery = q.Encode()
	return u.String()
}
