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
	return s.Keep(w, r, value)
}

// Keep puts a session that was just started into the browser. What the browser
// came with before ends: nobody goes on under a session that was there before
// they signed in.
func (s Sessions) Keep(w http.ResponseWriter, r *http.Request, value core.Secret) error {
	if old := sessionOf(r, s.Secure); !old.Empty() {
		if err := s.Maker.EndSession(r.Context(), old); err != nil {
			return err
		}
	}
	http.SetCookie(w, s.cookie(string(value.Open()), 0))
	return nil
}

// End signs the caller out on this browser.
func (s Sessions) End(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, s.cookie("", -1))
	value := sessionOf(r, s.Secure)
	if value.Empty() {
		return nil
	}
	return s.Maker.EndSession(r.Context(), value)
}

func (s Sessions) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: CookieName(SessionCookie, s.Secure), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode}
}
