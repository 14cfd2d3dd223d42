package web

import (
	"net/http"
	"net/url"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
)

const signedInPath = "/sessions"

// signedIn lists where the caller is signed in.
func (p *Pages) signedIn(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showSignedIn(w, r, who, nil)
}

func (p *Pages) showSignedIn(w http.ResponseWriter, r *http.Request, who core.Person, problem *core.Error) error {
	here, _ := edge.Session(r.Context())
	all, err := p.desk.Sessions(r.Context(), who, here)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	return p.show(w, r, status, signedInPage(p.frame(r, "Where you are signed in", signedInPath).with(problem), all, p.titleOf))
}

// endOther signs the caller out in one other browser.
func (p *Pages) endOther(w http.ResponseWriter, r *http.Request, who core.Person) error {
	err := p.desk.EndSession(r.Context(), who, core.ID(r.PathValue("id")))
	if problem := refusal(err); problem != nil {
		return p.showSignedIn(w, r, who, problem)
	}
	return done(w, r, signedInPath, saidOf(err, didEndSession))
}

// endEverywhere signs the caller out in all browsers, this one too.
func (p *Pages) endEverywhere(w http.ResponseWriter, r *http.Request, who core.Person) error {
	if err := p.desk.EndSessions(r.Context(), who); err != nil {
		return err
	}
	return p.endSession(w, r)
}

// titleOf is what people call a provider.
func (p *Pages) titleOf(provider string) string {
	for _, o := range p.providers {
		if o.Name == provider {
			return o.Title
		}
	}
	return provider
}

func endOtherPath(id core.ID) string { return signedInPath + "/" + url.PathEscape(string(id)) + "/end" }
