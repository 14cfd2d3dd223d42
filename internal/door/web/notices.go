package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// notices lists what the caller was told.
func (p *Pages) notices(w http.ResponseWriter, r *http.Request, who core.Person) error {
	all, err := p.desk.Notices(r.Context(), who)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, noticesPage(p.frame(r, "Notices", "/notices"), all))
}
