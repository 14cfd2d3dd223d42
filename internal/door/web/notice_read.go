package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// markRead puts a notice away and goes back to where it was shown.
func (p *Pages) markRead(w http.ResponseWriter, r *http.Request, who core.Person) error {
	if err := p.desk.MarkRead(r.Context(), who, core.ID(r.PathValue("id"))); err != nil {
		return err
	}
	back := localPath(r.PostForm.Get("next"))
	if back == "" {
		back = "/notices"
	}
	return done(w, r, back, "")
}
