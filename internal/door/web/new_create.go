package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// create asks for the app. A refusal shows the form again, with every fault
// beside its field and all that was typed.
func (p *Pages) create(w http.ResponseWriter, r *http.Request, who core.Person) error {
	tpl, err := p.template(r.Context(), who, r.PathValue("template"))
	if err != nil {
		return err
	}
	s := typedForm(tpl, r.PostForm)
	input, err := s.input()
	if err != nil {
		return p.showForm(w, r, http.StatusUnprocessableEntity, s.refused(core.AsError(err)))
	}
	app, err := p.desk.CreateApp(r.Context(), who, input)
	if e := refusal(err); e != nil {
		p.record(r, e)
		s = s.refused(e)
		if pre, preErr := p.desk.Preview(r.Context(), who, input); preErr == nil {
			s.preview = &pre
		}
		return p.showForm(w, r, statusOf(e), s)
	}
	if app.Name == "" { // it waits, and there is no page of it yet
		return done(w, r, "/", didWait)
	}
	return done(w, r, appPath(app.Name), saidOf(err, didCreate))
}
