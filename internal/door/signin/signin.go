// Package signin is the way to a sign-in provider and back. What a browser must
// keep on the way, it keeps sealed in a cookie: a way back counts only in the
// browser that it began in, once, and for ten minutes.
package signin

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
)

// Identity knows who people are here.
type Identity interface {
	Arrive(ctx context.Context, a identity.Arrival) (core.Person, core.Secret, error)
	// SignedIn returns a session. Errors: Unauthorized.
	SignedIn(ctx context.Context, session core.Secret) (core.Credential, error)
	// EndAt ends the sessions that have ended at a provider.
	EndAt(ctx context.Context, provider, session, subject string) error
}

// Sealer seals what only this server is to read again.
type Sealer interface {
	Seal(purpose string, s core.Secret) ([]byte, error)
	Unseal(purpose string, b []byte) (core.Secret, error)
}

// Door takes people to their provider. All fields are needed.
type Door struct {
	Providers []*oidc.Provider
	Identity  Identity
	Sessions  edge.Sessions
	Sealer    Sealer
	Random    io.Reader
	Refuse    func(w http.ResponseWriter, r *http.Request, err *core.Error)
}

// Routes are the door's rows of the routes table.
func (d *Door) Routes() []edge.Route {
	row := func(method, pattern, audit, example string, f func(w http.ResponseWriter, r *http.Request) error) edge.Route {
		return edge.Route{Door: edge.Web, Method: method, Pattern: pattern, Permission: edge.Anyone, Audit: audit, Example: example, SignsIn: true, Limit: 256 << 10,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "no-store")
				if err := f(w, r); err != nil {
					edge.Note(r.Context(), err)
					d.Refuse(w, r, core.AsError(err))
				}
			})}
	}
	return []edge.Route{
		row(http.MethodGet, "/sign-in/with/{provider}", "none: sends the browser to the provider", "/sign-in/with/example", d.start),
		row(http.MethodGet, "/sign-in/again", "none: sends the browser to the provider", "/sign-in/again?next=/approvals", d.again),
		row(http.MethodGet, "/sign-in/back/{provider}", "session.start", "/sign-in/back/example", d.back),
		row(http.MethodGet, "/sign-out/at/{provider}", "none: sends the browser to the provider", "/sign-out/at/example", d.out),
		row(http.MethodPost, "/sign-out/from/{provider}", "session.end", "/sign-out/from/example", d.ended),
	}
}

func (d *Door) provider(name string) (*oidc.Provider, error) {
	for _, p := range d.Providers {
		if p.Name == name {
			return p, nil
		}
	}
	return nil, core.Errorf(core.NotFound, "There is no sign-in provider with this name.").Hinted("Go to the page Sign in and choose one.")
}

// start sends the browser to a provider.
func (d *Door) start(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r.PathValue("provider"))
	if err != nil {
		return err
	}
	return d.send(w, r, p, false)
}

// again lets the caller prove anew who they are, where they signed in.
func (d *Door) again(w http.ResponseWriter, r *http.Request) error {
	session, ok := edge.Session(r.Context())
	if ok {
		c, err := d.Identity.SignedIn(r.Context(), session)
		if err == nil {
			if p, err := d.provider(c.Provider); err == nil {
				return d.send(w, r, p, true)
			}
		}
	}
	to := "/sign-in?" + url.Values{"next": {edge.LocalPath(r.URL.Query().Get("next"))}, "again": {"1"}}.Encode()
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (d *Door) send(w http.ResponseWriter, r *http.Request, p *oidc.Provider, fresh bool) error {
	to, a, err := p.Start(r.Context(), d.Random, edge.LocalPath(r.URL.Query().Get("next")), fresh)
	if err != nil {
		return err
	}
	if err := d.keep(w, a); err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// back is where a provider sends people back to.
func (d *Door) back(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r.PathValue("provider"))
	if err != nil {
		return err
	}
	a := d.kept(r)
	d.forget(w) // whatever comes of it, it counts once
	came, err := p.Finish(r.Context(), a, r.URL.Query())
	if err != nil {
		return err
	}
	_, session, err := d.Identity.Arrive(r.Context(), arrival(p, a, came))
	if err != nil {
		return err
	}
	if err := d.Sessions.Keep(w, r, session); err != nil {
		return err
	}
	d.keepHint(w, p.Name, came.Hint)
	next := a.Next
	if next == "" {
		next = "/"
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func arrival(p *oidc.Provider, a oidc.Attempt, came oidc.Arrival) identity.Arrival {
	out := identity.Arrival{Provider: p.Name, Title: p.Title, Subject: came.Subject, Email: came.Email, Vouched: came.Vouched, Name: came.Name, Groups: came.Groups, Told: came.Told,
		AuthTime: came.AuthTime, ACR: came.ACR, Session: came.Session, Admit: p.Admit != oidc.AdmitKnown, Once: a.Hash(), Ends: a.Ends(), Brings: p.SCIM, ExternalID: came.ExternalID}
	if p.Admit == oidc.AdmitMaker {
		out.Roles = []core.Role{core.RoleMaker}
	}
	return out
}

// out sends the browser to the provider, to be signed out there too.
func (d *Door) out(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r.PathValue("provider"))
	if err != nil {
		return err
	}
	to := p.EndURL(r.Context(), d.hint(r, p.Name))
	d.keepHint(w, "", "")
	if to == "" {
		to = "/sign-in"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// ended hears from a provider that somebody signed out there.
func (d *Door) ended(w http.ResponseWriter, r *http.Request) error {
	p, err := d.provider(r.PathValue("provider"))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return core.Errorf(core.Unreadable, "The form could not be read.")
	}
	who, err := p.Logout(r.Context(), strings.TrimSpace(r.PostForm.Get("logout_token")))
	if err != nil {
		return err
	}
	if err := d.Identity.EndAt(r.Context(), p.Name, who.Session, who.Subject); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}
