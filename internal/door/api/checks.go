package api

import (
	"context"
	"mime"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/paddock-dev/paddock/internal/core"
)

// filesLimit is the most that is taken of files to check, in bytes.
const filesLimit = 10 << 20

// written is a report in some form.
type written struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (a *API) checks() {
	op(a, "POST", "/checks", "check-files", "Check files that are in no repository yet, by the rules in force; nothing is kept, and nothing is decided by it", row{"check.run", "none: keeps and changes nothing", filesLimit},
		func(ctx context.Context, who core.Person, in *struct {
			App     string `query:"app" doc:"Name of the app whose files they are: its template, its main branch and its exemptions count. Without it, they are a new app's." maxLength:"100"`
			Format  string `query:"format" doc:"Form of the report. Without it, Accept says it; else json." enum:"json,sarif,markdown,text,junit,gitlab,github"`
			Accept  string `header:"Accept" doc:"application/json, application/sarif+json, text/markdown or text/plain." maxLength:"500"`
			Type    string `header:"Content-Type" doc:"application/json, application/zip, application/x-tar, or application/gzip for a gzipped tar." maxLength:"200"`
			RawBody []byte
		}) (*written, error) {
			format := in.Format
			if format == "" {
				format = wanted(in.Accept)
			}
			body, err := a.desk.CheckFiles(ctx, who, in.App, format, in.Type, in.RawBody)
			if err != nil {
				return nil, err
			}
			return &written{Status: http.StatusOK, ContentType: typeOf(format), Body: body}, nil
		})
	a.routes[len(a.routes)-1].Reads = true
	a.describeFiles()
}

// describeFiles says in the API's description what is taken. huma would hold the
// body against it, and read it twice.
func (a *API) describeFiles() {
	takes := a.huma.OpenAPI().Paths["/api/v1/checks"].Post.RequestBody
	takes.Required = true
	delete(takes.Content, "application/octet-stream")
	text := &huma.Schema{Type: "string"}
	data := &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"base64": {Type: "string", ContentEncoding: "base64"}}, Required: []string{"base64"}, AdditionalProperties: false}
	takes.Content["application/json"] = &huma.MediaType{
		Schema: &huma.Schema{Type: "object", Required: []string{"files"}, AdditionalProperties: false,
			Properties: map[string]*huma.Schema{"files": {Type: "object", Description: "Files by path, as seen from the app's folder.", AdditionalProperties: &huma.Schema{OneOf: []*huma.Schema{text, data}}}}},
		Example: map[string]any{"files": map[string]any{"microapp.yaml": "name: candidate-tracker\n", "public/logo.png": map[string]any{"base64": "iVBORw0KGgo="}}},
	}
	for _, archive := range []string{"application/zip", "application/x-tar", "application/gzip"} {
		takes.Content[archive] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
}

// wanted is the first form that an Accept header names and that there is.
func wanted(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		for _, format := range []string{"json", "sarif", "markdown", "text"} {
			if known, _, _ := strings.Cut(typeOf(format), ";"); known == kind {
				return format
			}
		}
	}
	return "json"
}

func typeOf(format string) string {
	switch format {
	case "sarif":
		return "application/sarif+json"
	case "markdown":
		return "text/markdown; charset=utf-8"
	case "text", "github":
		return "text/plain; charset=utf-8"
	case "junit":
		return "application/xml"
	}
	return "application/json"
}
