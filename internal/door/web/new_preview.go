package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// preview says what the app in the form will need. htmx gets the panel alone;
// the Preview button gets the whole page with the input kept.
func (p *Pages) preview(w http.ResponseWriter, r *http.Request, who core.Person) error {
	tpl, err := p.template(r.Context(), who, r.PathValue("template"))
	if err != nil {
		return err
	}
	s := typedForm(tpl, r.PostForm)
	input, err := s.input()
	if err == nil {
		pre, preErr := p.desk.Preview(r.Context(), who, input)
		s.preview, err = &pre, preErr
	}
	status := http.StatusOK
	if err != nil {
		e := core.AsError(err)
		p.record(r, e)
		s.preview, s, status = nil, s.refused(e), statusOf(e)
		s.preview = nil
	}
	if isFragment(r) {
		return p.show(w, r, http.StatusOK, previewPanel(s))
	}
	return p.showForm(w, r, status, s)
}
