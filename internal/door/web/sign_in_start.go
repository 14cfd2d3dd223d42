package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// startSession uses a one-time token up and signs its person in.
func (p *Pages) startSession(w http.ResponseWriter, r *http.Request) error {
	next := localPath(r.PostForm.Get("next"))
	who, err := p.desk.SignIn(r.Context(), r.PostForm.Get("token"))
	if err != nil {
		e := core.AsError(err)
		p.record(r, e)
		return p.show(w, r, statusOf(e), signInPage(p.frame(r, "Sign in", "").with(e), p.wayIn(r, "", next)))
	}
	if err := p.sessions.Start(w, r, who); err != nil {
		return err
	}
	http.Redirect(w, r, orHome(next), http.StatusSeeOther)
	return nil
}
