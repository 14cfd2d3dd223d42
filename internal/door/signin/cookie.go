package signin

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/engine/identity/oidc"
)

const (
	attemptCookie = "paddock_attempt"
	hintCookie    = "paddock_hint"
	hintPath      = "/sign-out"
	maxHint       = 3 << 10 // bytes; a browser keeps about 4,000 in a cookie
	purpose       = "door/signin/attempt"
)

// keep seals an attempt into the browser.
func (d *Door) keep(w http.ResponseWriter, a oidc.Attempt) error {
	sealed, err := d.Sealer.Seal(purpose, core.NewSecret(a.Encode()))
	if err != nil {
		return err
	}
	http.SetCookie(w, d.cookie(attemptCookie, base64.RawURLEncoding.EncodeToString(sealed), int(oidc.AttemptLife.Seconds())))
	return nil
}

// kept returns the attempt that the browser keeps; an empty one if there is none.
func (d *Door) kept(r *http.Request) oidc.Attempt {
	c, err := r.Cookie(edge.CookieName(attemptCookie, d.Sessions.Secure))
	if err != nil || len(c.Value) > 8<<10 {
		return oidc.Attempt{}
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return oidc.Attempt{}
	}
	plain, err := d.Sealer.Unseal(purpose, sealed)
	if err != nil {
		return oidc.Attempt{}
	}
	return oidc.DecodeAttempt(plain.Open())
}

func (d *Door) forget(w http.ResponseWriter) { http.SetCookie(w, d.cookie(attemptCookie, "", -1)) }

func (d *Door) cookie(name, value string, age int) *http.Cookie {
	secure := d.Sessions.Secure
	return &http.Cookie{Name: edge.CookieName(name, secure), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
}

// keepHint leaves the ID token with the browser, for signing out at the provider;
// it is sent to the pages of signing out only, and this server keeps none.
func (d *Door) keepHint(w http.ResponseWriter, provider, token string) {
	c := &http.Cookie{Name: hintCookie, Value: provider + "|" + token, Path: hintPath, HttpOnly: true, Secure: d.Sessions.Secure, SameSite: http.SameSiteLaxMode}
	if token == "" || len(token) > maxHint {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, c)
}

func (d *Door) hint(r *http.Request, provider string) string {
	c, err := r.Cookie(hintCookie)
	if err != nil {
		return ""
	}
	of, token, _ := strings.Cut(c.Value, "|")
	if of != provider {
		return ""
	}
	return token
}
