package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// reactivate takes an idle app out of the retirement queue.
func (p *Pages) reactivate(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("app")
	err := p.desk.Reactivate(r.Context(), who, name)
	if problem := refusal(err); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), saidOf(err, didReactivate))
}
