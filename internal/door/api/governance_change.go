package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// proposal is a governance change by its number.
type proposal struct {
	Number int `path:"number" minimum:"1" doc:"Number of the governance change."`
}

func (a *API) governanceChanges() {
	op(a, "GET", "/governance", "show-governance", "Which revision of the rules decides, and what is proposed", row{"governance.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[view.Governance], error) {
			return answer(a.desk.Governance(ctx, who))
		})
	op(a, "GET", "/governance/history", "list-activations", "List the revisions that were in force, newest first", row{"governance.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.Activation]], error) {
			return items(a.desk.GovernanceHistory(ctx, who))
		})
	op(a, "GET", "/governance/changes/{number}", "show-governance-change", "Show a governance change with its report", row{"governance.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *proposal) (*body[view.GovernanceChange], error) {
			return answer(a.desk.GovernanceChange(ctx, who, in.Number))
		})
	op(a, "POST", "/governance/changes/{number}/publish", "publish-governance", "Put a governance change in force, if the gate policy.publish lets it", row{"governance.publish", "gate.decide, governance.activate", 0},
		func(ctx context.Context, who core.Person, in *proposal) (*body[view.Published], error) {
			return answer(a.desk.PublishGovernance(ctx, who, in.Number))
		})
	a.routes[len(a.routes)-1].Streams = true // testing and previewing take their time
	op(a, "POST", "/governance/rollback", "rollback-governance", "Put a former revision in force again, if the gate policy.publish lets it", row{"governance.publish", "gate.decide, governance.rollback", 4 << 10},
		func(ctx context.Context, who core.Person, in *struct {
			Body struct {
				To string `json:"to,omitempty" doc:"A commit that was in force, at least 7 of its digits; default the one before." maxLength:"64"`
			}
		}) (*body[view.Published], error) {
			return answer(a.desk.RollbackGovernance(ctx, who, in.Body.To))
		})
	a.routes[len(a.routes)-1].Streams = true
}
