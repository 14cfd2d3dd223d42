package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// answer records a yes or no to exactly the digest that the page showed.
func (p *Pages) answer(w http.ResponseWriter, r *http.Request, who core.Person) error {
	id := core.ID(r.PathValue("id"))
	note := r.PostForm.Get("note")
	err := p.decide(r, who, id, note)
	if err != nil {
		e := core.AsError(err)
		p.record(r, e)
		if e.Field == needsFresh {
			p.keepDraft(w, who, id, note)
		}
		return p.showApprovals(w, r, who, statusOf(e), answerDraft{request: id, note: note, problem: e})
	}
	said := didRefuse
	if r.PostForm.Get("answer") == "yes" {
		said = didApprove
	}
	back := localPath(r.PostForm.Get("next"))
	if back == "" {
		back = "/approvals"
	}
	return done(w, r, back, said)
}

func (p *Pages) decide(r *http.Request, who core.Person, id core.ID, note string) error {
	switch r.PostForm.Get("answer") {
	case "yes":
		return p.desk.Answer(r.Context(), who, id, true, note, r.PostForm.Get("digest"))
	case "no":
		return p.desk.Answer(r.Context(), who, id, false, note, r.PostForm.Get("digest"))
	}
	return core.Errorf(core.Invalid, "The answer is neither yes nor no.").Hinted("Press Approve or Refuse.").At("answer")
}
