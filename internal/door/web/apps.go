package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// apps is the home page: the caller's apps and what is new.
func (p *Pages) apps(w http.ResponseWriter, r *http.Request, who core.Person) error {
	rows, err := p.desk.Apps(r.Context(), who)
	if err != nil {
		return err
	}
	notices, err := p.desk.Notices(r.Context(), who)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, appsPage(p.frame(r, "Apps", "/"), rows, unread(notices)))
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
