package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// approvals are the operations on requests, absences and accounts of one human.
func (a *API) approvals() {
	op(a, "GET", "/approvals/{id}/explain", "explain-approval", "Say why these people are asked, and why others are not", row{"approval.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID string `path:"id"`
		}) (*body[view.ApprovalExplained], error) {
			return answer(a.desk.ExplainApproval(ctx, who, core.ID(in.ID)))
		})
	op(a, "GET", "/absences", "list-absences", "List when you are away, and for whom you answer", row{"absence.keep", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[view.Absences], error) {
			return answer(a.desk.Absences(ctx, who))
		})
	op(a, "POST", "/absences", "set-absence", "Say that you are away, and who answers for you", row{"absence.keep", "absence.set", 0},
		func(ctx context.Context, who core.Person, in *struct{ Body view.NewAbsence }) (*body[view.Absence], error) {
			return answer(a.desk.SetAbsence(ctx, who, in.Body))
		})
	op(a, "POST", "/absences/{id}/end", "end-absence", "End an absence now", row{"absence.keep", "absence.end", 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID string `path:"id"`
		}) (*body[view.Absences], error) {
			if err := a.desk.EndAbsence(ctx, who, core.ID(in.ID)); err != nil {
				return nil, err
			}
			return answer(a.desk.Absences(ctx, who))
		})
	op(a, "GET", "/account-links", "list-account-links", "List accounts that count as one human's", row{"people.link", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.AccountLink]], error) {
			return items(a.desk.AccountLinks(ctx, who))
		})
	op(a, "POST", "/account-links", "link-accounts", "Say whether two accounts are one human's", row{"people.link", "person.link", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Body struct {
				A      string `json:"a" doc:"E-mail of one account."`
				B      string `json:"b" doc:"E-mail of the other."`
				Same   bool   `json:"same"`
				Reason string `json:"reason" maxLength:"2000" doc:"How you know."`
			}
		}) (*body[list[view.AccountLink]], error) {
			if err := a.desk.LinkAccounts(ctx, who, in.Body.A, in.Body.B, in.Body.Same, in.Body.Reason); err != nil {
				return nil, err
			}
			return items(a.desk.AccountLinks(ctx, who))
		})
	op(a, "POST", "/addresses", "set-address", "Add an address that somebody commits under, or take it away", row{"people.link", "person.address", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Body struct {
				Person string `json:"person" doc:"E-mail of the person's account."`
				Email  string `json:"email" doc:"The further address."`
				Remove bool   `json:"remove,omitempty"`
			}
		}) (*none, error) {
			return done(a.desk.SetAddress(ctx, who, in.Body.Person, in.Body.Email, !in.Body.Remove))
		})
}
