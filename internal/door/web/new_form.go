package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// newForm shows the form of one template, with what its defaults would need.
func (p *Pages) newForm(w http.ResponseWriter, r *http.Request, who core.Person) error {
	tpl, err := p.template(r.Context(), who, r.PathValue("template"))
	if err != nil {
		return err
	}
	s := startForm(tpl, who)
	if input, err := s.input(); err == nil {
		if pre, err := p.desk.Preview(r.Context(), who, input); err == nil {
			s.preview = &pre
		}
	}
	return p.showForm(w, r, http.StatusOK, s)
}

func (p *Pages) showForm(w http.ResponseWriter, r *http.Request, status int, s formState) error {
	title := "New app: " + titleOf(s.tpl)
	if len(s.order) > 0 {
		title = "Error: " + title
	}
	return p.show(w, r, status, newFormPage(p.frame(r, title, "/"), s))
}
