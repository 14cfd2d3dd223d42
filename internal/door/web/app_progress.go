package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// progress is the part of the app page that follows provisioning. Once the app
// is complete it has the browser load the whole page again.
func (p *Pages) progress(w http.ResponseWriter, r *http.Request, who core.Person) error {
	a, err := p.desk.App(r.Context(), who, r.PathValue("app"))
	if err != nil {
		return err
	}
	if !isFragment(r) {
		http.Redirect(w, r, appPath(a.Name), http.StatusSeeOther)
		return nil
	}
	if a.State != core.AppProvisioning {
		w.Header().Set("HX-Refresh", "true")
	}
	return p.show(w, r, http.StatusOK, progressPanel(a))
}
