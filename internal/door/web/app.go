package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// app shows one app in full.
func (p *Pages) app(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showApp(w, r, who, nil)
}

// showApp shows the app of the path, with the problem of an act that was
// refused, if there is one.
func (p *Pages) showApp(w http.ResponseWriter, r *http.Request, who core.Person, problem *core.Error) error {
	a, err := p.desk.App(r.Context(), who, r.PathValue("app"))
	if err != nil {
		return err
	}
	status := http.StatusOK
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	return p.show(w, r, status, appPage(p.frame(r, a.Name, "/").with(problem), a))
}
