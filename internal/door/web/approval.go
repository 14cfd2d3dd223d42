package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// approval shows one request, and why these people are asked.
func (p *Pages) approval(w http.ResponseWriter, r *http.Request, who core.Person) error {
	a, err := p.desk.ExplainApproval(r.Context(), who, core.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, approvalPage(p.frame(r, a.Subject, approvalPath(a.ID)), a))
}
