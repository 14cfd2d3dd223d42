package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mounts are the places where requests may be given to a handler other than by a
// row of the routes table (door/edge), each with the reason.
var mounts = map[string]string{
	"internal/door/edge/router.go":      "serves the routes table",
	"internal/door/admission/door.go":   "the cluster's own listener, of the rows with edge.Certificate",
	"internal/door/admission/server.go": "the same",
	"internal/app/serve.go":             "the one server, with edge's router as its handler",
	"internal/app/tour/vendor.go":       "plays a vendor for the tour, on loopback",
	"internal/life/run/instance.go":     "what running apps reach: egress and their data, on sockets of their own",
}

// serving are the names of net/http that mount or serve handlers.
var serving = []string{"Handle", "HandleFunc", "NewServeMux", "ServeMux", "DefaultServeMux", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS", "Server"}

// No handler answers outside of the routes table, where nothing would hold it to
// a permission and an audit action (promise 11).
func TestNoHandlerBesideTheTable(t *testing.T) {
	found := mounted(t, "../..")
	for file, what := range found {
		if mounts[file] == "" {
			t.Errorf("%s uses http.%s: add a row with permission, audit action and example to the routes table (internal/door/edge) instead, or a reason to mounts in this test", file, what)
		}
	}
	for file := range mounts {
		if found[file] == "" {
			t.Errorf("%s mounts nothing any more: remove it from mounts", file)
		}
	}
	if wrong := mounted(t, "testdata/mounts"); wrong["internal/door/side.go"] != "HandleFunc" {
		t.Errorf("a handler beside the table is not found: %v", wrong)
	}
}

// mounted finds the files below root/internal and root/cmd that mount or serve
// handlers by net/http, with the name they use.
func mounted(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() && (d.Name() == "testdata" || d.Name() == "testkit") {
				return fs.SkipDir
			}
			if err != nil {
				return err
			}
			if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			if what := mountsIn(f); what != "" {
				rel, _ := filepath.Rel(root, path)
				out[filepath.ToSlash(rel)] = what
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// mountsIn returns the first name of net/http in a file that mounts or serves.
func mountsIn(f *ast.File) (what string) {
	local := ""
	for _, i := range f.Imports {
		if i.Path.Value == `"net/http"` {
			local = "http"
			if i.Name != nil {
				local = i.Name.Name
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok && what == "" && local != "" {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == local && slices.Contains(serving, s.Sel.Name) {
				what = s.Sel.Name
			}
		}
		return true
	})
	return what
}
