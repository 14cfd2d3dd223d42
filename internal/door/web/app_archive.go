package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// askArchive says what archiving does, before anybody does it.
func (p *Pages) askArchive(w http.ResponseWriter, r *http.Request, who core.Person) error {
	a, err := p.desk.App(r.Context(), who, r.PathValue("app"))
	if err != nil {
		return err
	}
	if !a.CanArchive {
		return core.Errorf(core.Forbidden, "You may not archive the app %q.", a.Name).Hinted("Ask its owner, %s.", a.Owner)
	}
	return p.show(w, r, http.StatusOK, archivePage(p.frame(r, "Archive "+a.Name, "/"), a))
}

// archive switches the app off and keeps its data.
func (p *Pages) archive(w http.ResponseWriter, r *http.Request, who core.Person) error {
	name := r.PathValue("app")
	err := p.desk.Archive(r.Context(), who, name)
	if problem := refusal(err); problem != nil {
		return p.showApp(w, r, who, problem)
	}
	return done(w, r, appPath(name), saidOf(err, didArchive))
}
