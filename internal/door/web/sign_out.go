package web

import "net/http"

// endSession signs the caller out on this browser.
func (p *Pages) endSession(w http.ResponseWriter, r *http.Request) error {
	if err := p.sessions.End(w, r); err != nil {
		return err
	}
	return done(w, r, "/sign-in", didSignOut)
}
