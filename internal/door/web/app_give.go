package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// give makes somebody else the owner of an app.
func (p *Pages) give(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("app")
	if problem := refusal(p.desk.Give(r.Context(), who, name, r.PostFormValue("email"))); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), didGive)
}
