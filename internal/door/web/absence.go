package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// absencePath is the page where people say when they are away.
const absencePath = "/absence"

func absenceEndPath(id core.ID) string {
	return absencePath + "/" + url.PathEscape(string(id)) + "/end"
}

func absenceFields() []string { return []string{"from", "until", "delegate", "reason"} }

// absence shows when the caller is away, and for whom the caller answers.
func (p *Pages) absence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showAbsence(w, r, who, typed(absenceFields(), nil), nil)
}

func (p *Pages) showAbsence(w http.ResponseWriter, r *http.Request, who core.Person, typed form, problem *core.Error) error {
	all, err := p.desk.Absences(r.Context(), who)
	if err != nil {
		return err
	}
	title, status := "Away", http.StatusOK
	if problem != nil {
		p.record(r, problem)
		title, status = "Error: "+title, statusOf(problem)
	}
	f := p.frame(r, title, absencePath)
	if len(typed.errors) == 0 && typed.general == nil {
		f = f.with(problem)
	}
	return p.show(w, r, status, absencePage(f, all, typed))
}

// setAbsence keeps that the caller is away.
func (p *Pages) setAbsence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	sent := typed(absenceFields(), r.PostForm)
	_, err := p.desk.SetAbsence(r.Context(), who, view.NewAbsence{Delegate: sent.values["delegate"], From: sent.values["from"], Until: sent.values["until"], Reason: sent.values["reason"]})
	if err != nil {
		e := core.AsError(err)
		return p.showAbsence(w, r, who, sent.refused(e), e)
	}
	return done(w, r, absencePath, didLeave)
}

// endAbsence ends an absence of the caller.
func (p *Pages) endAbsence(w http.ResponseWriter, r *http.Request, who core.Person) error {
	if err := p.desk.EndAbsence(r.Context(), who, core.ID(r.PathValue("id"))); err != nil {
		return p.showAbsence(w, r, who, typed(absenceFields(), nil), core.AsError(err))
	}
	return done(w, r, absencePath, didReturn)
}

// daysOf names the first and the last day of an absence.
func daysOf(a view.Absence) string {
	first, last := a.From, a.Until.Add(-time.Second)
	const form = "2 January 2006"
	if first.Format(form) == last.Format(form) {
		return first.Format(form)
	}
	return first.Format(form) + " to " + last.Format(form)
}
