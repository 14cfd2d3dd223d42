package docs

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/edge"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/web"
)

//go:embed pages.tmpl
var pages string

// Door serves the pages. It is safe for concurrent use.
type Door struct {
	pages *template.Template
	style string // address of the pages' stylesheet
	icon  string
	fail  func(w http.ResponseWriter, r *http.Request, err *core.Error)
}

// New makes the pages; fail answers for a page that there is not.
func New(fail func(w http.ResponseWriter, r *http.Request, err *core.Error)) (*Door, error) {
	assets, err := web.Load()
	if err != nil {
		return nil, core.Hidden("Reading the embedded styles", err)
	}
	t, err := template.New("docs").Funcs(template.FuncMap{"prose": prose}).Parse(pages)
	if err != nil {
		return nil, core.Hidden("Reading the pages of the documentation", err)
	}
	return &Door{pages: t, style: assets.Path("paddock.css"), icon: assets.Path("icon.svg"), fail: fail}, nil
}

// Routes lists the pages for the routes table. They are for anybody: they hold
// nothing but texts.
func (d *Door) Routes() []edge.Route {
	get := func(pattern, example string, h http.HandlerFunc) edge.Route {
		return edge.Route{Door: edge.Web, Method: http.MethodGet, Pattern: pattern, Permission: edge.Anyone,
			Audit: "none: documentation", Example: example, Handler: h}
	}
	return []edge.Route{
		get("/docs/findings", "/docs/findings", d.list),
		get("/docs/findings/{code}", "/docs/findings/secret_found", d.finding),
		get("/docs/errors", "/docs/errors", d.errors),
		get("/docs/schemas/{name}", "/docs/schemas/gate-app.deploy.json", d.schema),
	}
}

// page is what the template shows.
type page struct {
	Title, Style, Icon string
	Body               any
}

func (d *Door) list(w http.ResponseWriter, r *http.Request) {
	d.show(w, r, "list", "What the checks find", findings.All())
}

func (d *Door) finding(w http.ResponseWriter, r *http.Request) {
	code := findings.Clean(r.PathValue("code"), 64)
	t, ok := findings.Lookup(code)
	if !ok {
		d.fail(w, r, core.Errorf(core.NotFound, "There is no finding with the code %q.", code).Hinted("%s", orList(core.DidYouMean(code, codes()))))
		return
	}
	f := findings.New(t.Code, findings.At{}, words(t)...)
	d.show(w, r, "finding", t.Title, shown{Text: t, Example: f})
}

// shown is a finding's text and the same with its words filled in.
type shown struct {
	findings.Text
	Example core.Finding
}

func (d *Door) errors(w http.ResponseWriter, r *http.Request) {
	type row struct {
		Code
		core.Outcome
	}
	var rows []row
	for _, c := range Codes() {
		rows = append(rows, row{c, core.OutcomeOf(c.Code)})
	}
	d.show(w, r, "errors", "Error codes", rows)
}

// show writes the whole page before the first byte leaves.
func (d *Door) show(w http.ResponseWriter, r *http.Request, name, title string, body any) {
	var buf bytes.Buffer
	if err := d.pages.ExecuteTemplate(&buf, name, page{Title: title, Style: d.style, Icon: d.icon, Body: body}); err != nil {
		d.fail(w, r, core.Hidden("Showing this page", err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = buf.WriteTo(w)
}

// piece is a part of a text: plain words, or a name that stands in backquotes.
type piece struct {
	Text string
	Code bool
}

func prose(s string) []piece {
	var out []piece
	for i, part := range strings.Split(s, "`") {
		out = append(out, piece{Text: part, Code: i%2 == 1})
	}
	return out
}

// words are the pairs that fill a text's example.
func words(t findings.Text) []string {
	var out []string
	for k, v := range t.Example {
		out = append(out, k, v)
	}
	return out
}

func codes() []string {
	var out []string
	for _, t := range findings.All() {
		out = append(out, t.Code)
	}
	return out
}

func orList(hint string) string {
	if hint == "" {
		return "All codes are listed at /docs/findings."
	}
	return hint
}
