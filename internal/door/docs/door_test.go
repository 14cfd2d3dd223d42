package docs

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// serve answers one path as the server's table would.
func serve(t *testing.T, path string) (int, string) {
	t.Helper()
	d, err := New(func(w http.ResponseWriter, _ *http.Request, e *core.Error) {
		http.Error(w, e.Error(), core.OutcomeOf(e.Code).HTTP)
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	for _, r := range d.Routes() {
		mux.Handle(r.Method+" "+r.Pattern, r.Handler)
	}
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec.Code, rec.Body.String()
}

// CHK-5: the link of every finding leads to a page that explains it.
func TestEveryFindingHasItsPage(t *testing.T) {
	for _, f := range findings.All() {
		status, body := serve(t, f.Docs())
		if status != http.StatusOK || !strings.Contains(body, "<h1>"+template.HTMLEscapeString(f.Title)+"</h1>") || !strings.Contains(body, "How to fix it") {
			t.Errorf("%s: %d\n%s", f.Docs(), status, body)
		}
		if strings.ContainsAny(body, "{`") {
			t.Errorf("%s has a word that is not filled in", f.Docs())
		}
	}
	_, list := serve(t, "/docs/findings")
	for _, f := range findings.All() {
		if !strings.Contains(list, `href="`+f.Docs()+`"`) {
			t.Errorf("the list lacks %s", f.Code)
		}
	}
}

func TestUnknownFinding(t *testing.T) {
	status, body := serve(t, "/docs/findings/secret_fuond")
	if status != http.StatusNotFound || !strings.Contains(body, `Did you mean "secret_found"?`) {
		t.Errorf("%d %s", status, body)
	}
	if _, body := serve(t, "/docs/findings/"+strings.Repeat("x", 3000)); len(body) > 500 {
		t.Errorf("a long code is repeated in full: %d bytes", len(body))
	}
}

// Every code of core has its place on the page, and its number beside it.
func TestEveryErrorCodeIsExplained(t *testing.T) {
	_, body := serve(t, "/docs/errors")
	known := map[core.Code]bool{}
	for _, c := range Codes() {
		known[c.Code] = true
		o := core.OutcomeOf(c.Code)
		if !strings.Contains(body, `<section id="`+string(c.Code)+`">`) || !strings.Contains(body, "HTTP status "+strconv.Itoa(o.HTTP)+", exit code "+strconv.Itoa(o.Exit)) {
			t.Errorf("the page lacks %s", c.Code)
		}
	}
	for _, code := range codesOfCore(t) {
		if !known[code] {
			t.Errorf("the code %q of core is not explained", code)
		}
		delete(known, code)
	}
	for code := range known {
		t.Errorf("the code %q is explained, but core does not have it", code)
	}
}

// codesOfCore reads the constants of type Code out of core's source.
func codesOfCore(t *testing.T) []core.Code {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../core/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []core.Code
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == "Code" {
			value, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, core.Code(value))
		}
		return true
	})
	if len(out) < 10 {
		t.Fatalf("only %d codes were found in core", len(out))
	}
	return out
}

// Editors find the schema of every file and of every gate's input.
func TestSchemasAreServed(t *testing.T) {
	names := schemaNames()
	if len(names) < len(core.Gates)+8 {
		t.Errorf("only %v", names)
	}
	for _, name := range names {
		if status, body := serve(t, "/docs/schemas/"+name); status != http.StatusOK || !json.Valid([]byte(body)) || !strings.Contains(body, `"$id": "https://paddock.dev/schema/`+name) {
			t.Errorf("%s: %d %.80s", name, status, body)
		}
	}
	for _, name := range []string{"gate-app.deply.json", "gate-app.deploy", "..%2fpaddock.json", "x"} {
		if status, _ := serve(t, "/docs/schemas/"+name); status != http.StatusNotFound {
			t.Errorf("%s: %d", name, status)
		}
	}
	if _, body := serve(t, "/docs/schemas/gate-app.deply.json"); !strings.Contains(body, "gate-app.deploy.json") {
		t.Errorf("no guess: %s", body)
	}
}
