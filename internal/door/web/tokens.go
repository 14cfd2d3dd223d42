package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// tokens lists the caller's access tokens and offers to make one.
func (p *Pages) tokens(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showTokens(w, r, who, startToken(), nil)
}

// showTokens shows the page with the form as it stands, and with the problem
// of an act that was refused, if there is one.
func (p *Pages) showTokens(w http.ResponseWriter, r *http.Request, who core.Person, typed form, problem *core.Error) error {
	all, err := p.desk.Tokens(r.Context(), who)
	if err != nil {
		return err
	}
	title, status := "Access tokens", http.StatusOK
	if len(typed.order) > 0 {
		title = "Error: " + title
	}
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	f := p.frame(r, title, tokensPath(""))
	if len(typed.errors) == 0 && typed.general == nil { // the form shows its own
		f = f.with(problem)
	}
	return p.show(w, r, status, tokensPage(f, all, typed, p.cameFor(r, who)))
}
