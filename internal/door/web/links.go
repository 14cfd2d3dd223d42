package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// linksPath is the page of accounts that count as one human's.
const linksPath = "/account-links"

func linkFields() []string { return []string{"a", "b", "reason"} }

// links lists accounts that are, may be, or are not one human's.
func (p *Pages) links(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showLinks(w, r, who, typed(linkFields(), nil), nil)
}

func (p *Pages) showLinks(w http.ResponseWriter, r *http.Request, who core.Person, typed form, problem *core.Error) error {
	all, err := p.desk.AccountLinks(r.Context(), who)
	if err != nil {
		return err
	}
	title, status := "Same human", http.StatusOK
	if problem != nil {
		p.record(r, problem)
		title, status = "Error: "+title, statusOf(problem)
	}
	f := p.frame(r, title, linksPath)
	if len(typed.errors) == 0 && typed.general == nil {
		f = f.with(problem)
	}
	return p.show(w, r, status, linksPage(f, all, typed))
}

// link keeps what somebody knows of two accounts.
func (p *Pages) link(w http.ResponseWriter, r *http.Request, who core.Person) error {
	sent := typed(linkFields(), r.PostForm)
	same := r.PostForm.Get("same")
	err := error(core.Errorf(core.Invalid, "It is not said whether this is one human or two.").Hinted("Press One human or Two humans."))
	if same == "yes" || same == "no" {
		err = p.desk.LinkAccounts(r.Context(), who, sent.values["a"], sent.values["b"], same == "yes", sent.values["reason"])
	}
	if err != nil {
		e := core.AsError(err)
		return p.showLinks(w, r, who, sent.refused(e), e)
	}
	return done(w, r, linksPath, didLink)
}
