package api

import (
	"context"
	"io"
	"mime"

	"github.com/danielgtaylor/huma/v2"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// download is a file that is sent while it is read.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Length      int64  `header:"Content-Length"`
	Body        func(ctx huma.Context)
}

func downloaded(d view.Download, err error) (*download, error) {
	if err != nil {
		return nil, err
	}
	return &download{ContentType: d.MediaType, Disposition: mime.FormatMediaType("attachment", map[string]string{"filename": d.Name}), Length: d.Size,
		Body: func(ctx huma.Context) {
			defer d.Body.Close()
			_, _ = io.Copy(ctx.BodyWriter(), d.Body) // whoever reads sees that it ends early
		}}, nil
}

func (a *API) evidence() {
	op(a, "GET", "/apps/{app}/evidence", "export-evidence", "Export the app's signed evidence pack", row{"app.read", "evidence.export", 0},
		func(ctx context.Context, who core.Person, in *struct {
			App  string `path:"app"`
			From string `query:"from" doc:"First day, or another period: 2026-11-01, 2026-Q3."`
			To   string `query:"to" doc:"Last day, included."`
		}) (*download, error) {
			return downloaded(a.desk.EvidencePack(ctx, who, in.App, in.From, in.To))
		})
	op(a, "GET", "/evidence", "export-evidence-of-period", "Export the signed evidence pack of a period, over all apps", row{"evidence.export", "evidence.export", 0},
		func(ctx context.Context, who core.Person, in *struct {
			Period string `query:"period" required:"true" doc:"2026, 2026-Q3, 2026-11, 2026-11-05 or 2026-11-01..2026-11-30."`
		}) (*download, error) {
			return downloaded(a.desk.EvidenceOfPeriod(ctx, who, in.Period))
		})
	op(a, "GET", "/grants/{id}/evidence", "export-grant", "Export the signed evidence of a grant and of all that was done under it", row{"access.ask", "evidence.export", 0},
		func(ctx context.Context, who core.Person, in *grantID) (*download, error) {
			return downloaded(a.desk.GrantEvidence(ctx, who, in.ID))
		})
	for i := range a.routes {
		if a.routes[i].Audit == "evidence.export" {
			a.routes[i].Streams = true // large packs take their time
		}
	}
}
