package edge

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// CookieName returns the name of one of our cookies. On an https server no other
// host can set it, not even an app's own address below ours.
func CookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

type sessionKey struct{}

// withSession returns a context that carries the session that the caller came with.
func withSession(ctx context.Context, value core.Secret) context.Context {
	return context.WithValue(ctx, sessionKey{}, value)
}

// Session returns the session that the caller came with, and false for a caller
// with an access token and for nobody.
func Session(ctx context.Context) (core.Secret, bool) {
	s, ok := ctx.Value(sessionKey{}).(core.Secret)
	return s, ok
}

// LocalPath returns p if it is a path on this server, and "" otherwise, so that no
// link or redirect taken from data leads elsewhere.
func LocalPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.IsAbs() || u.Host != "" || strings.Contains(p+u.Path, `\`) {
		return ""
	}
	// Each form is judged: an escaped slash may come back plain.
	clean := u.String()
	for _, form := range []string{p, u.Path, clean} {
		if !strings.HasPrefix(form, "/") || strings.HasPrefix(form, "//") {
			return ""
		}
	}
	return clean
}

// sessionOf reads the cookie with the session; the value is empty if there is none.
func sessionOf(r *http.Request, secure bool) core.Secret {
	c, err := r.Cookie(CookieName(SessionCookie, secure))
	if err != nil || c.Value == "" {
		return core.Secret{}
	}
	return core.NewSecret([]byte(c.Value))
}
