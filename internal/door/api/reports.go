package api

import (
	"context"
	"mime"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// reportLimit is the largest report of another tool, in bytes: what the large
// forges take.
const reportLimit = 10 << 20

// ownReport is the type of a report of paddock check with its statement.
const ownReport = "application/vnd.paddock.report+json"

func (a *API) reports() {
	op(a, "POST", "/apps/{app}/commits/{commit}/reports", "add-report", "Bring what another tool found in a commit, as SARIF 2.1.0, or what paddock check said of it elsewhere; the change that ends in the commit is checked again", row{"report.add", "report.add", reportLimit},
		func(ctx context.Context, who core.Person, in *struct {
			App     string `path:"app" doc:"Name of the app."`
			Commit  string `path:"commit" pattern:"^[0-9a-f]{40}$" doc:"Head of an open change, 40 letters and digits."`
			Type    string `header:"Content-Type" doc:"application/vnd.paddock.report+json for a report of paddock check with its signed statement; anything else is SARIF." maxLength:"200"`
			RawBody []byte `contentType:"application/sarif+json" doc:"A SARIF 2.1.0 file. Its type may be application/json too."`
		}) (*body[view.OutsideReport], error) {
			if mediaType, _, _ := mime.ParseMediaType(in.Type); mediaType == ownReport {
				return answer(a.desk.AddOwnReport(ctx, who, in.App, in.Commit, in.RawBody))
			}
			return answer(a.desk.AddReport(ctx, who, in.App, in.Commit, in.RawBody))
		})
	a.forPipelines()
	op(a, "GET", "/apps/{app}/commits/{commit}/reports", "list-reports", "List what other tools, and paddock check elsewhere, found in a commit", row{"app.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			App    string `path:"app" doc:"Name of the app."`
			Commit string `path:"commit" pattern:"^[0-9a-f]{40}$"`
		}) (*body[list[view.OutsideReport]], error) {
			return items(a.desk.Reports(ctx, who, in.App, in.Commit))
		})
	a.forPipelines()
}
