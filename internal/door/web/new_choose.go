package web

import (
	"context"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// chooseTemplate lists the catalog, the first step to a new app.
func (p *Pages) chooseTemplate(w http.ResponseWriter, r *http.Request, who core.Person) error {
	templates, err := p.desk.Templates(r.Context(), who)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, choosePage(p.frame(r, "New app", "/"), templates))
}

// template finds one template of the catalog.
func (p *Pages) template(ctx context.Context, who core.Person, name string) (view.Template, error) {
	templates, err := p.desk.Templates(ctx, who)
	if err != nil {
		return view.Template{}, err
	}
	for _, t := range templates {
		if t.Name == name {
			return t, nil
		}
	}
	return view.Template{}, core.Errorf(core.NotFound, "There is no template %q in the catalog.", name).
		Hinted("Go to New app and choose one of the list.")
}
