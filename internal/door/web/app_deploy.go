package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// deploy puts one artifact into service at one target.
func (p *Pages) deploy(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("app")
	err := p.desk.Deploy(r.Context(), who, name, r.PostForm.Get("artifact"), r.PostForm.Get("target"))
	if problem := refusal(err); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), saidOf(err, didDeploy))
}
