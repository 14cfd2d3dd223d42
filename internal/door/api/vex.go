package api

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// vexLimit is the largest OpenVEX document, in bytes.
const vexLimit = 1 << 20

func (a *API) vex() {
	op(a, "POST", "/vex", "add-vex", "Add an OpenVEX document: which known holes do not count, and why", row{"vex.add", "vex.add", vexLimit},
		func(ctx context.Context, who core.Person, in *struct {
			RawBody []byte `contentType:"application/vex+json" doc:"An OpenVEX 0.2 document. Its type may be application/json too."`
		}) (*body[view.VEX], error) {
			return answer(a.desk.AddVEX(ctx, who, in.RawBody))
		})
	op(a, "GET", "/vex", "list-vex", "List the OpenVEX documents in force", row{"vex.read", readOnly, 0},
		func(ctx context.Context, who core.Person, _ *struct{}) (*body[list[view.VEX]], error) {
			return items(a.desk.VEXDocuments(ctx, who))
		})
}
