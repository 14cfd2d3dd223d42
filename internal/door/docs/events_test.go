package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var eventRow = regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z_*]+)` \\| \\S")

// TestEventsAreWritten holds docs/reference/events.md to the code: each action
// that is written somewhere has its row, and each row is written somewhere.
func TestEventsAreWritten(t *testing.T) {
	text, err := os.ReadFile(docsDir + "/reference/events.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]bool{}
	for _, m := range eventRow.FindAllStringSubmatch(string(text), -1) {
		rows[m[1]] = true
	}
	found := actions(t, "../..")
	if len(found) < 40 {
		t.Fatalf("only %d actions were found: %v", len(found), slices.Sorted(maps.Keys(found)))
	}
	for a, where := range found {
		if !rows[a] {
			t.Errorf("%s writes %s, which events.md lacks", where, a)
		}
	}
	for a := range rows {
		if found[a] == "" {
			t.Errorf("events.md has %s, but nothing writes it", a)
		}
	}
}

// actions finds the actions of events below a folder, each with one file that
// writes it: literals at the key Action, literals given to a variable named
// action, and literals given to a function's parameter of that name.
func actions(t *testing.T, root string) map[string]string {
	t.Helper()
	packages := map[string][]*ast.File{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return fs.SkipDir
		}
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for dir, files := range packages {
		takes := map[string]int{} // function -> the place of its parameter action
		for _, f := range files {
			for name, at := range actionParameters(f) {
				takes[name] = at
			}
		}
		for _, f := range files {
			for _, a := range written(f, takes) {
				out[a] = dir
			}
		}
	}
	return out
}

func actionParameters(f *ast.File) map[string]int {
	out := map[string]int{}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		at := 0
		for _, field := range fn.Type.Params.List {
			for _, name := range field.Names {
				if name.Name == "action" {
					out[fn.Name.Name] = at
				}
				at++
			}
		}
	}
	return out
}

// written lists the actions that one file writes.
func written(f *ast.File, takes map[string]int) []string {
	var out []string
	add := func(e ast.Expr) {
		end := ""
		if sum, ok := e.(*ast.BinaryExpr); ok {
			e, end = sum.X, "*"
		}
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if s, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(s, ".") {
			out = append(out, s+end)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Action" {
				add(n.Value)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name == "action" && len(n.Rhs) == len(n.Lhs) {
					add(n.Rhs[i])
				}
			}
		case *ast.CallExpr:
			name := ""
			switch fn := n.Fun.(type) {
			case *ast.Ident:
				name = fn.Name
			case *ast.SelectorExpr:
				name = fn.Sel.Name
			}
			if at, ok := takes[name]; ok && at < len(n.Args) {
				add(n.Args[at])
			}
		}
		return true
	})
	return out
}
