package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// revokeToken ends one of the caller's access tokens, or anybody's.
func (p *Pages) revokeToken(w http.ResponseWriter, r *http.Request, who core.Person) error {
	err := p.desk.RevokeToken(r.Context(), who, core.ID(r.PathValue("id")))
	if problem := refusal(err); problem != nil {
		return p.showTokens(w, r, who, startToken(), problem)
	}
	back := tokensPath("")
	if r.PostForm.Get("back") == "all" {
		back = allTokensPath()
	}
	return done(w, r, back, saidOf(err, didRevoke))
}
