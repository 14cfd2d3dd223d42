package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// restore brings an archived app back, with its data.
func (p *Pages) restore(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("app")
	err := p.desk.Restore(r.Context(), who, name)
	if problem := refusal(err); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), saidOf(err, didRestore))
}
