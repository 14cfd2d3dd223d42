package api

import (
	"context"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// lent is a file that the caller may have already.
type lent struct {
	Status      int
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

func (a *API) rules() {
	op(a, "GET", "/rules", "get-rules", "Take what apps are checked by, as one signed file: the public parts of the revision in force", row{"rules.read", readOnly, 0},
		func(ctx context.Context, who core.Person, in *struct {
			App   string `query:"app" doc:"Name of an app whose exemptions are wanted too." maxLength:"100"`
			Known string `header:"If-None-Match" doc:"ETag of the file at hand; if it is still the one, the answer is 304 and empty." maxLength:"200"`
		}) (*lent, error) {
			file, digest, err := a.desk.CheckRules(ctx, who, in.App)
			if err != nil {
				return nil, err
			}
			out := &lent{Status: http.StatusOK, ContentType: "application/gzip", ETag: `"` + digest + `"`, Cache: "private, no-cache", Body: file}
			if in.Known == out.ETag {
				out.Status, out.Body = http.StatusNotModified, nil
			}
			return out, nil
		})
	a.forPipelines()
}
