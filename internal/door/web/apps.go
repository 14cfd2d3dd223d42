package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// apps is the home page: the caller's apps and what is new.
func (p *Pages) apps(w http.ResponseWriter, r *http.Request, who core.Person) error {
	q := appQuery(r.URL.Query())
	status := http.StatusOK
	f := p.frame(r, "Apps", "/")
	page, err := p.desk.Apps(r.Context(), who, q)
	if core.CodeOf(err) == core.Invalid { // a filter that cannot be: the list without it, and why
		f, status = f.with(core.AsError(err)), http.StatusUnprocessableEntity
		q = view.AppQuery{}
		page, err = p.desk.Apps(r.Context(), who, q)
	}
	if err != nil {
		return err
	}
	notices, err := p.desk.Notices(r.Context(), who)
	if err != nil {
		return err
	}
	return p.show(w, r, status, appsPage(f, q, page, unread(notices)))
}

// unread keeps the notices that were not read yet.
func unread(all []view.Notice) []view.Notice {
	var some []view.Notice
	for _, n := range all {
		if !n.Read {
			some = append(some, n)
		}
	}
	return some
}
