package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// numbered picks a change by its app and number.
type numbered struct {
	App    string `path:"app" doc:"Name of the app."`
	Number int    `path:"number" minimum:"1" doc:"Number of the change."`
}

func (a *API) changes() {
	op(a, "GET", "/apps/{app}/changes/{number}", "get-change", "Show a change with its checklist", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *numbered) (*body[view.Change], error) {
			return answer(a.desk.Change(ctx, who, in.App, in.Number))
		})
	a.forPipelines()
	op(a, "POST", "/apps/{app}/changes/{number}/merge", "merge-change", "Merge and build a change", row{"change.merge", "change.merge", 0},
		func(ctx context.Context, who core.Person, in *struct {
			App    string `path:"app"`
			Number int    `path:"number" minimum:"1"`
			Body   struct {
				Head string `json:"head" doc:"The commit you looked at."`
			}
		}) (*body[view.Change], error) {
			if err := a.desk.Merge(ctx, who, in.App, in.Number, in.Body.Head); err != nil {
				return nil, err
			}
			return answer(a.desk.Change(ctx, who, in.App, in.Number))
		})
	op(a, "GET", "/approvals", "list-approvals", "List requests that wait for a human", row{"approval.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Approval]], error) {
			return items(a.desk.Approvals(ctx, who))
		})
	op(a, "POST", "/approvals/{id}", "answer-approval", "Say yes or no to exactly one digest", row{"approval.answer", "approval.answer", 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID   string `path:"id"`
			Body struct {
				Yes    bool   `json:"yes"`
				Note   string `json:"note,omitempty" maxLength:"2000"`
				Digest string `json:"digest" doc:"The digest you looked at."`
			}
		}) (*none, error) {
			return done(a.desk.Answer(ctx, who, core.ID(in.ID), in.Body.Yes, in.Body.Note, in.Body.Digest))
		})
}
