package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func glassFields() []string { return []string{"code", "reason"} }

// breakGlass is the way in for the day when nobody can sign in.
func (p *Pages) breakGlass(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, r, http.StatusOK, breakGlassPage(p.frame(r, "Emergency access", ""), typed(glassFields(), url.Values{})))
}

// openGlass uses a sealed code up. A refused one is not shown again.
func (p *Pages) openGlass(w http.ResponseWriter, r *http.Request) error {
	sent := typed(glassFields(), r.PostForm)
	session, err := p.desk.BreakGlass(r.Context(), sent.values["code"], sent.values["reason"], p.normalWay())
	if err != nil {
		e := core.AsError(err)
		p.record(r, e)
		sent.values["code"] = ""
		return p.show(w, r, statusOf(e), breakGlassPage(p.frame(r, "Emergency access", ""), sent.refused(e)))
	}
	if err := p.sessions.Keep(w, r, session); err != nil {
		return err
	}
	http.Redirect(w, r, "/break-glass", http.StatusSeeOther)
	return nil
}

// normalWay is how people sign in on a good day.
func (p *Pages) normalWay() string {
	if len(p.providers) == 0 {
		return "the one-time sign-in link"
	}
	var titles []string
	for _, o := range p.providers {
		titles = append(titles, o.Title)
	}
	return "sign-in with " + strings.Join(titles, " or ")
}

// sealedCodes lists codes and their uses.
func (p *Pages) sealedCodes(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showSealed(w, r, who, nil)
}

func (p *Pages) showSealed(w http.ResponseWriter, r *http.Request, who core.Person, problem *core.Error) error {
	all, err := p.desk.SealedCodes(r.Context(), who)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if problem != nil {
		p.record(r, problem)
		status = statusOf(problem)
	}
	return p.show(w, r, status, sealedPage(p.frame(r, "Emergency access", "/break-glass").with(problem), all, r.PostForm.Get("note")))
}

// reviewGlass takes what was found of a use.
func (p *Pages) reviewGlass(w http.ResponseWriter, r *http.Request, who core.Person) error {
	err := p.desk.ReviewGlass(r.Context(), who, core.ID(r.PathValue("id")), r.PostForm.Get("note"))
	if problem := refusal(err); problem != nil {
		return p.showSealed(w, r, who, problem)
	}
	return done(w, r, "/break-glass", saidOf(err, didReview))
}

func sealedBadge(c view.SealedCode) badge {
	switch {
	case c.Open:
		return badge{"Open now", "alert", "bad"}
	case !c.Reviewed.IsZero():
		return badge{"Reviewed", "check", "ok"}
	case !c.Used.IsZero():
		return badge{"Waits for review", "clock", "warn"}
	}
	return badge{"Sealed", "dot", "off"}
}

func reviewGlassPath(id core.ID) string { return "/break-glass/" + url.PathEscape(string(id)) }
