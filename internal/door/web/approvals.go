package web

import (
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// answerDraft is an answer that was refused: it is shown again.
type answerDraft struct {
	request core.ID
	note    string
	problem *core.Error
}

// approvals lists the requests that wait.
func (p *Pages) approvals(w http.ResponseWriter, r *http.Request, who core.Person) error {
	return p.showApprovals(w, r, who, http.StatusOK, p.takeDraft(w, r, who))
}

func (p *Pages) showApprovals(w http.ResponseWriter, r *http.Request, who core.Person, status int, draft answerDraft) error {
	all, err := p.desk.Approvals(r.Context(), who)
	if err != nil {
		return err
	}
	f := p.frame(r, "Approvals", "/approvals")
	if draft.problem != nil && !holds(all, draft.request) {
		f = f.with(draft.problem) // the request is gone from the list
	}
	mine, others := splitApprovals(all)
	return p.show(w, r, status, approvalsPage(f, mine, others, draft))
}

// splitApprovals parts what the caller may answer from what the caller may only see.
func splitApprovals(all []view.Approval) (mine, others []view.Approval) {
	for _, a := range all {
		if a.CanAnswer {
			mine = append(mine, a)
		} else {
			others = append(others, a)
		}
	}
	return mine, others
}

func holds(all []view.Approval, id core.ID) bool {
	for _, a := range all {
		if a.ID == id {
			return true
		}
	}
	return false
}

// noteOf is the note that was typed for a, if its answer was refused.
func noteOf(draft answerDraft, a view.Approval) string {
	if draft.request == a.ID {
		return draft.note
	}
	return ""
}
