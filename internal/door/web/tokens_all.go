package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// allTokens lists everybody's access tokens.
func (p *Pages) allTokens(w http.ResponseWriter, r *http.Request, who core.Person) error {
	all, err := p.desk.AllTokens(r.Context(), who)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, allTokensPage(p.frame(r, "Everybody's tokens", tokensPath("")), all))
}
