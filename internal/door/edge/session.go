package edge

import (
	"context"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// SessionMaker makes and ends sessions.
type SessionMaker interface {
	StartSession(ctx context.Context, who core.Person) (core.Secret, error)
	EndSession(ctx context.Context, value core.Secret) error
}

// Sessions keeps people signed in by a cookie.
type Sessions struct {
	Maker  SessionMaker
	Secure bool // the server is reached by https
}

// Start signs who in on this browser.
func (s Sessions) Start(w http.ResponseWriter, r *http.Request, who core.Person) error {
	value, err := s.Maker.StartSession(r.Context(), who)
	if err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(string(value.Open()), 0))
	return nil
}

// End signs the caller out on this browser.
func (s Sessions) End(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, s.cookie("", -1))
	c, err := r.Cookie(SessionCookie)
	if err != nil || c.Value == "" {
		return nil
	}
	return s.Maker.EndSession(r.Context(), core.NewSecret([]byte(c.Value)))
}

func (s Sessions) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: SessionCookie, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}
