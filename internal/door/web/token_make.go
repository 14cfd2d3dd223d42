package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// makeToken makes an access token and answers with the page that shows its
// value. It does not redirect: the value may stand in no address, and nowhere
// else can it be had again.
func (p *Pages) makeToken(w http.ResponseWriter, r *http.Request, who core.Person) error {
	sent := typed(tokenFields(), r.PostForm)
	days, err := tokenDays(sent)
	var value string
	var token view.Token
	if err == nil {
		n := view.NewToken{Name: sent.values["name"], Scopes: []string{sent.values["scope"]}, Apps: wordsOf(sent.values["apps"]), Days: days}
		if sent.values["scope"] == "scim" {
			n.Provider = sent.values["provider"]
		}
		value, token, err = p.desk.NewToken(r.Context(), who, n)
	}
	if err != nil {
		e := core.AsError(err)
		return p.showTokens(w, r, who, sent.refused(e), e)
	}
	f := p.frame(r, "Your new token", tokensPath(""))
	return p.showOnce(w, r, http.StatusOK, newTokenPage(f, token, value, p.toClone(r, who), p.baseURL))
}
