package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

// state lists the package-level variables that hold state, and the foreign ones
// that we set, each with its reason. It should stay as short as it is.
var state = map[string]string{
	"internal/testkit/kube.shared":                     "one Kubernetes API server for all tests of a process",
	"internal/testkit/postgres.shared":                 "one PostgreSQL server for all tests of a process",
	"internal/door/api: sets huma.NewErrorWithContext": "huma offers no other way to replace its problem type, which repeats the request's body",
}

// globals reports init functions and package-level variables that hold state:
// those that change after they are made, or whose type is made for changing.
// Errors, patterns, embedded files and tables that nobody writes to are fine.
func globals(h *house, allowed map[string]string) []string {
	var faults []string
	used := map[string]bool{}
	complain := func(key, where, what string) {
		if _, ok := allowed[key]; ok {
			used[key] = true
			return
		}
		faults = append(faults, fmt.Sprintf("%s: %s", where, what))
	}
	for _, u := range h.units {
		for _, f := range u.files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					complain(u.path+": init", h.at(u, fn), "init functions are not used here; do it where the program starts")
				}
			}
		}
		for _, obj := range variables(u) {
			if what := stateful(obj.Type(), 0); what != "" {
				complain(u.path+"."+obj.Name(), u.path+"."+obj.Name(), "a package-level variable holds "+what+"; put it into a struct")
			}
		}
		for _, c := range changes(u) {
			if c.obj.Pkg() == u.types {
				complain(u.path+"."+c.obj.Name(), h.at(u, c.at), fmt.Sprintf("changes the package-level variable %s; put it into a struct", c.obj.Name()))
			} else {
				name := c.obj.Pkg().Name() + "." + c.obj.Name()
				complain(u.path+": sets "+name, h.at(u, c.at), fmt.Sprintf("changes %s of another package", name))
			}
		}
	}
	for key := range allowed {
		if !used[key] {
			faults = append(faults, fmt.Sprintf("%s is allowed to hold state, but is not there: remove it from the list", key))
		}
	}
	slices.Sort(faults)
	return faults
}

// variables lists the package-level variables of a unit.
func variables(u *unit) []*types.Var {
	var out []*types.Var
	for _, name := range u.types.Scope().Names() {
		if v, ok := u.types.Scope().Lookup(name).(*types.Var); ok {
			out = append(out, v)
		}
	}
	return out
}

// frozen are pointer types whose values do not change once they are made.
var frozen = []string{"*regexp.Regexp", "*strings.Replacer", "*text/template.Template", "*html/template.Template", "*net/url.URL", "*math/big.Int"}

// stateful says what makes a type one for changing values, or "".
func stateful(t types.Type, depth int) string {
	if depth > 4 || types.Implements(t, errorType) || slices.Contains(frozen, t.String()) {
		return ""
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && n.Obj().Pkg() != nil {
		if p := n.Obj().Pkg().Path(); p == "sync" || p == "sync/atomic" {
			return n.String()
		}
	}
	switch t := t.Underlying().(type) {
	case *types.Chan:
		return "a channel"
	case *types.Pointer:
		return "a pointer"
	case *types.Interface:
		return "an interface value"
	case *types.Struct:
		if t.NumFields() > 0 && depth == 0 {
			for f := range t.Fields() {
				if n, ok := types.Unalias(f.Type()).(*types.Named); ok && n.Obj().Pkg() != nil && (n.Obj().Pkg().Path() == "sync" || n.Obj().Pkg().Path() == "sync/atomic") {
					return n.String()
				}
			}
		}
	case *types.Array:
		return stateful(t.Elem(), depth+1)
	}
	return ""
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// change is one place where a package-level variable may be written to.
type change struct {
	obj *types.Var
	at  ast.Node
}

// changes lists the places where a unit writes to a package-level variable, its
// own or another's: assignments, ++, delete, clear and copy, addresses taken,
// and methods that take it by pointer.
func changes(u *unit) []change {
	var out []change
	add := func(e ast.Expr) {
		if v := root(u, e); v != nil && v.Parent() == v.Pkg().Scope() {
			out = append(out, change{v, e})
		}
	}
	for _, f := range u.files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				if n.Tok != token.DEFINE {
					for _, e := range n.Lhs {
						add(e)
					}
				}
			case *ast.IncDecStmt:
				add(n.X)
			case *ast.RangeStmt:
				if n.Tok == token.ASSIGN {
					add(n.Key)
					add(n.Value)
				}
			case *ast.UnaryExpr:
				if n.Op == token.AND {
					add(n.X)
				}
			case *ast.CallExpr:
				if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 {
					if b, ok := u.info.Uses[id].(*types.Builtin); ok && slices.Contains([]string{"delete", "clear", "copy"}, b.Name()) {
						add(n.Args[0])
					}
				}
			case *ast.SelectorExpr:
				if byPointer(u.info.Selections[n]) {
					add(n.X)
				}
			}
			return true
		})
	}
	return out
}

// byPointer reports whether a method takes the address of what it is called on.
func byPointer(s *types.Selection) bool {
	if s == nil || s.Kind() != types.MethodVal {
		return false
	}
	recv := s.Obj().(*types.Func).Signature().Recv()
	_, wants := recv.Type().(*types.Pointer)
	_, has := s.Recv().Underlying().(*types.Pointer)
	return wants && !has
}

// root returns the variable that an expression reaches into, or nil.
func root(u *unit, e ast.Expr) *types.Var {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if u.info.Selections[x] == nil { // package.Name
				v, _ := u.info.Uses[x.Sel].(*types.Var)
				return v
			}
			e = x.X
		case *ast.Ident:
			v, _ := u.info.Uses[x].(*types.Var)
			return v
		default:
			return nil
		}
	}
}

// TestGlobals holds that no package has state of its own.
func TestGlobals(t *testing.T) {
	for _, fault := range globals(ours(t), state) {
		t.Error(fault)
	}
}
