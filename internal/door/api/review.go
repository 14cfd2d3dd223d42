package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

func (a *API) reviews() {
	op(a, "GET", "/reviews", "list-reviews", "List the access reviews", row{"review.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Review]], error) {
			return items(a.desk.AccessReviews(ctx, who))
		})
	op(a, "POST", "/reviews", "open-review", "Open the access review of this quarter before Paddock does", row{"review.decide", "review.open", 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[view.Review], error) {
			return answer(a.desk.OpenReview(ctx, who))
		})
	op(a, "GET", "/reviews/{review}", "get-review", "Show an access review with its rights", row{"review.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			Review string `path:"review" doc:"The quarter, such as 2026-Q4."`
			Open   bool   `query:"open" doc:"Only what waits for a decision."`
			Unused bool   `query:"unused" doc:"Only what was not used for 90 days."`
			After  string `query:"after" maxLength:"64" doc:"next of the page before."`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"100"`
		}) (*body[view.RightPage], error) {
			return answer(a.desk.ReviewRights(ctx, who, in.Review, view.RightQuery{Open: in.Open, Unused: in.Unused, After: in.After, Limit: in.Limit}))
		})
	op(a, "POST", "/reviews/rights/{id}", "decide-right", "Say that a right in an access review stays or goes", row{"review.decide", "review.decide", 0},
		func(ctx context.Context, who core.Person, in *struct {
			ID   core.ID `path:"id"`
			Body struct {
				Decision string `json:"decision" enum:"keep,remove"`
				Reason   string `json:"reason" minLength:"1" maxLength:"1000" doc:"Auditors read it."`
			}
		}) (*body[view.Right], error) {
			return answer(a.desk.DecideRight(ctx, who, in.ID, in.Body.Decision, in.Body.Reason))
		})
}
