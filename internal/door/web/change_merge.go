package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// merge merges the change whose head the caller saw.
func (p *Pages) merge(w http.ResponseWriter, r *http.Request, who core.Person) error {
	number, err := changeNumber(r)
	if err != nil {
		return err
	}
	app := r.PathValue("app")
	err = p.desk.Merge(r.Context(), who, app, number, r.PostForm.Get("head"))
	if problem := refusal(err); problem != nil {
		return p.showChange(w, r, who, problem)
	}
	return done(w, r, changePath(app, number), saidOf(err, didMerge))
}
