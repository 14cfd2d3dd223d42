package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// revokeToken ends one of the caller's access tokens.
func (p *Pages) revokeToken(w http.ResponseWriter, r *http.Request, who core.Person) error {
	err := p.desk.RevokeToken(r.Context(), who, core.ID(r.PathValue("id")))
	if problem := refusal(err); problem != nil {
		return p.showTokens(w, r, who, startToken(), problem)
	}
	return done(w, r, tokensPath(""), saidOf(err, didRevoke))
}
