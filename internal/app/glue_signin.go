package app

import (
	"context"
	"crypto/rand"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/door/signin"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
)

// signIns are the sign-in providers of this server; none means by link.
type signIns struct {
	file      signin.File
	providers []*oidc.Provider
}

// openSignIns reads the identity file, if the configuration names one. It asks no
// provider anything: one that is down does not stop the server.
func (h *house) openSignIns() error {
	if h.config.Identity == "" {
		return nil
	}
	file, err := signin.ReadFile(h.config.Identity)
	if err != nil {
		return err
	}
	h.signIns.file = file
	for _, c := range file.Providers {
		secret, err := signin.Secret(c)
		if err != nil {
			return err
		}
		h.signIns.providers = append(h.signIns.providers, oidc.New(c, oidc.Options{BaseURL: h.baseURL(), Secret: secret, Clock: h.clock, Log: h.log}))
	}
	return nil
}

// askProviders lets each provider say what it offers, so that what is wrong with
// one stands in the log at the start, and the first person does not wait for it.
func (h *house) askProviders(ctx context.Context) {
	for _, p := range h.signIns.providers {
		if err := p.Ready(ctx); err == nil {
			h.log.InfoContext(ctx, "the sign-in provider answers", "provider", p.Name)
		}
	}
	for group := range h.shelf.Current().Groups {
		if !h.signIns.has(group.Provider) {
			h.log.WarnContext(ctx, "paddock.yaml gives roles to a group of a sign-in provider that the identity file does not name", "provider", group.Provider, "group", group.Name)
		}
	}
}

func (s signIns) has(name string) bool {
	for _, p := range s.providers {
		if p.Name == name {
			return true
		}
	}
	return false
}

// buttons are what the sign-in page offers.
func (s signIns) buttons() []view.SignInProvider {
	var out []view.SignInProvider
	for _, p := range s.providers {
		out = append(out, view.SignInProvider{Name: p.Name, Title: p.Title})
	}
	return out
}

func (h *house) sessions() edge.Sessions {
	return edge.Sessions{Maker: h.identity, Secure: h.secure()}
}

// secure reports whether people reach this server by https.
func (h *house) secure() bool { return strings.HasPrefix(h.baseURL(), "https:") }

// signInRoutes are the way to the providers and back.
func (h *house) signInRoutes(refuse func(w http.ResponseWriter, r *http.Request, e *core.Error)) []edge.Route {
	d := &signin.Door{Providers: h.signIns.providers, Identity: h.identity, Sessions: h.sessions(), Sealer: h.keys, Random: rand.Reader, Refuse: refuse}
	return d.Routes()
}

// providerOf names the provider at which the caller of a request signed in.
func (h *house) providerOf(r *http.Request) string {
	session, ok := edge.Session(r.Context())
	if !ok {
		return ""
	}
	c, err := h.identity.SignedIn(r.Context(), session)
	if err != nil {
		return ""
	}
	return c.Provider
}

// signedInAt says when the caller of ctx last proved who they are. ok is false
// for one who came with an access token.
func (h *house) signedInAt(ctx context.Context) (at int64, ok bool) {
	session, ok := edge.Session(ctx)
	if !ok {
		return 0, false
	}
	c, err := h.identity.SignedIn(ctx, session)
	return c.AuthTime, err == nil
}

// onlyHere refuses to serve other machines while people sign in by link: a link
// travels in the open, and who holds it is in. What name the address had does not
// matter, only where the listener is.
func onlyHere(l net.Listener, identity string) error {
	a, ok := l.Addr().(*net.TCPAddr)
	if identity != "" || ok && a.IP.IsLoopback() {
		return nil
	}
	return core.Errorf(core.Invalid, "%s is reachable from other machines, but people sign in by link.", l.Addr()).
		Hinted("Listen on 127.0.0.1, or set identity to a file with a sign-in provider.").At("listen")
}

// proxies are the networks of proxies that are trusted. The configuration was checked.
func (h *house) proxies() []netip.Prefix {
	var out []netip.Prefix
	for _, text := range h.config.TrustedProxies {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p.Masked())
		}
	}
	return out
}
