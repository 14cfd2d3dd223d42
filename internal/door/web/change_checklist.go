package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// checklist is the part of the change page that waits for running checks. Once
// they are through it has the browser load the whole page again.
func (p *Pages) checklist(w http.ResponseWriter, r *http.Request, who core.Person) error {
	c, err := p.findChange(r.Context(), who, r)
	if err != nil {
		return err
	}
	if !isFragment(r) {
		http.Redirect(w, r, changePath(c.App, c.Number), http.StatusSeeOther)
		return nil
	}
	if !checking(c) {
		w.Header().Set("HX-Refresh", "true")
	}
	return p.show(w, r, http.StatusOK, checksRunning(c))
}
