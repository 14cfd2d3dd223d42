package app

import (
	"html/template"
	"net/http"

	"github.com/paddock-dev/paddock/internal/core"
)

// refusal is the page that a visitor of an app's address sees when there is
// nothing to serve. It needs nothing from any other address.
var refusal = template.Must(template.New("refusal").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Msg}}</title></head>
<body><main><h1>{{.Msg}}</h1><p>{{.Hint}}</p></main></body></html>
`))

// plainPage refuses a visitor of an app's address in plain words.
func plainPage(w http.ResponseWriter, _ *http.Request, e *core.Error) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(core.OutcomeOf(e.Code).HTTP)
	_ = refusal.Execute(w, e)
}
