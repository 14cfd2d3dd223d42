package web

import (
	"net/http"
	"net/url"
)

// endSession signs the caller out on this browser. The page it leads to offers to
// sign out at the provider too: a form may not lead to another site.
func (p *Pages) endSession(w http.ResponseWriter, r *http.Request) error {
	to := "/sign-in"
	if p.providerOf != nil {
		if at := p.providerOf(r); at != "" {
			to += "?" + url.Values{"at": {at}}.Encode()
		}
	}
	if err := p.sessions.End(w, r); err != nil {
		return err
	}
	return done(w, r, to, didSignOut)
}
