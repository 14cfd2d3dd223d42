package api

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// carryLimit is the largest governance bundle, in bytes.
const carryLimit = 64 << 20

func (a *API) governance() {
	op(a, "GET", "/governance/bundle", "export-governance", "Take a revision of the governance repository as one signed file, for a site without a network", row{"governance.publish", "governance.bundle", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Revision string `query:"revision" doc:"A commit of the governance repository's main branch; default the one in force." maxLength:"64"`
		}) (*file, error) {
			name, b, err := a.desk.GovernanceBundle(ctx, who, in.Revision)
			return &file{ContentType: "application/gzip", Disposition: fmt.Sprintf("attachment; filename=%q", name), Body: b}, err
		})
	op(a, "POST", "/governance/import", "import-governance", "Put a governance bundle of another site in force, if its signature is trusted and its tests pass", row{"governance.publish", "governance.import, governance.activate", carryLimit},
		func(ctx context.Context, who core.Person, in *struct {
			Look    bool   `query:"look" doc:"Keep nothing: only verify, test, and say what would change."`
			RawBody []byte `contentType:"application/gzip" doc:"A file of paddock governance bundle."`
		}) (*body[view.Carried], error) {
			return answer(a.desk.ImportGovernance(ctx, who, in.RawBody, in.Look))
		})
	a.routes[len(a.routes)-1].Streams = true // testing a large revision takes its time
	op(a, "GET", "/policy/outside-decisions", "list-outside-decisions", "Decisions that OPA servers elsewhere made with the rules, held against what the gates say; the newest first", row{"audit.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			Drift bool   `query:"drift" doc:"Only those that differ, or were made under other policies than those in force."`
			After string `query:"after" doc:"next_cursor of the page before." maxLength:"64"`
			Limit int    `query:"limit" doc:"Decisions on a page; default 50, at most 200." minimum:"0" maximum:"200"`
		}) (*body[view.OutsidePage], error) {
			return answer(a.desk.OutsideDecisions(ctx, who, in.Drift, in.After, in.Limit))
		})
}
