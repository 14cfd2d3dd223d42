package edge

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// SessionCookie is the name of the cookie that holds a session.
// On an https server it is longer: see CookieName.
const SessionCookie = "paddock_session"

// guard wraps a route's handler with all that must hold before it runs.
func (rt *Router) guard(route Route) http.Handler {
	limit := route.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ev := wideOf(r.Context())
		ev.door, ev.route = route.Door, route.Method+" "+route.Pattern
		headers(w, route.Door)
		if route.Door == Web {
			r = withNonce(w, r)
		}
		if limit > 0 {
			r.Body = http.MaxBytesReader(w, r.Body, limit)
		}
		if !route.Streams {
			ctx, cancel := context.WithTimeout(r.Context(), 60*time.Second)
			defer cancel()
			r = r.WithContext(ctx)
		}
		r = r.WithContext(withFrom(r.Context(), r.RemoteAddr))
		if route.Door == Git || route.Door == Address {
			route.Handler.ServeHTTP(w, r) // they know their callers by themselves
			return
		}
		var wait time.Duration
		if route.SignsIn {
			wait = rt.floods[route.Door == Web].take(r.RemoteAddr)
		}
		if wait > 0 {
			ev.err = tooFast(w, wait)
			rt.refuse(w, r, route.Door, core.AsError(ev.err))
			return
		}
		who, token, signedIn, err := rt.caller(r, route)
		if err == nil {
			err = rt.allowed(route, r, who, signedIn)
		}
		if err == nil && signedIn {
			err = rt.onlooker(route, r, who)
		}
		if err != nil {
			ev.err = err
			if route.Door == Web && core.CodeOf(err) == core.Unauthorized && r.Method == http.MethodGet {
				http.Redirect(w, r, "/sign-in?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
				return
			}
			rt.refuse(w, r, route.Door, core.AsError(err))
			return
		}
		if signedIn {
			ev.actor = who.As("").Name
			r = r.WithContext(authz.Carry(WithActor(WithCaller(r.Context(), who), actorFor(who, route.Door))))
			if token == nil {
				r = r.WithContext(withSession(r.Context(), sessionOf(r, rt.o.Secure)))
			} else {
				r = r.WithContext(WithToken(r.Context(), *token))
			}
		}
		route.Handler.ServeHTTP(w, r)
	})
}

// caller finds out who is calling: by access token on the API, by session
// cookie else. A cookie on the API counts too, for pages' own scripts. token is
// nil for a session.
func (rt *Router) caller(r *http.Request, route Route) (who core.Person, token *core.Credential, signedIn bool, err error) {
	if value, ok := bearer(r); ok {
		who, c, err := rt.o.Identity.Token(r.Context(), core.NewSecret([]byte(value)), core.Use{Door: string(route.Door), From: r.RemoteAddr})
		if err != nil {
			return who, nil, false, core.Errorf(core.Unauthorized, "This access token is unknown, revoked or has expired.").
				Hinted("Make a new one on your page, and send it as: Authorization: Bearer TOKEN.")
		}
		if who.Service != nil {
			if !route.Service {
				err = core.Errorf(core.Forbidden, "The access token of a pipeline is not taken here.").Hinted("It is for reports, artifacts and deployments of its own app.")
			}
			return who, &c, true, err
		}
		err = rt.o.Covers(c.Scopes(), route.Permission, !route.reads(r.Method))
		if err != nil && route.Permission == Anyone {
			return core.Person{}, nil, false, nil // as good as no token
		}
		return who, &c, true, err
	}
	session := sessionOf(r, rt.o.Secure)
	if session.Empty() {
		return who, nil, false, nil
	}
	if who, err = rt.o.Identity.Session(r.Context(), session); err != nil {
		if core.CodeOf(err) == core.Unauthorized || core.CodeOf(err) == core.NotFound {
			return core.Person{}, nil, false, nil
		}
		return core.Person{}, nil, false, err
	}
	return who, nil, true, rt.sameOrigin(r)
}

// sameOrigin refuses a request that another site made with our cookie.
func (rt *Router) sameOrigin(r *http.Request) error {
	if err := rt.cross.Check(r); err != nil {
		return core.Errorf(core.Forbidden, "This request came from another site: %w", err).Hinted("Open the page again and press the button there.")
	}
	return nil
}

func (rt *Router) allowed(route Route, r *http.Request, who core.Person, signedIn bool) error {
	if route.Permission == Anyone {
		if !signedIn {
			return rt.sameOrigin(r)
		}
		return nil
	}
	if !signedIn {
		return core.Errorf(core.Unauthorized, "You are not signed in.").
			Hinted("Open your sign-in link, or send an access token as: Authorization: Bearer TOKEN.")
	}
	if !rt.o.May(who, route.Permission) {
		return core.Errorf(core.Forbidden, "You do not have the right %q.", route.Permission).Hinted("Ask the platform team for it.")
	}
	return nil
}

func bearer(r *http.Request) (string, bool) {
	value, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return strings.TrimSpace(value), ok && value != ""
}

// withNonce gives a page its own nonce, which its templates find in the context.
func withNonce(w http.ResponseWriter, r *http.Request) *http.Request {
	nonce := rand.Text()
	w.Header().Set("Content-Security-Policy", strings.ReplaceAll(contentPolicy, "NONCE", nonce))
	return r.WithContext(templ.WithNonce(r.Context(), nonce))
}

// headers are the ones that every answer of a door carries.
func headers(w http.ResponseWriter, door Door) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	if door == Address {
		return // an app's pages are its own; the front door adds what it must
	}
	h.Set("Content-Security-Policy", strings.ReplaceAll(contentPolicy, " 'nonce-NONCE'", ""))
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
	if door != Web {
		h.Set("Cache-Control", "no-store")
	}
}
