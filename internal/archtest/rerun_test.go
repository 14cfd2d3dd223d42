package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"testing"
)

// reruns reports what a transaction's function would do twice when the store
// runs it again after a collision: adding to, or counting in, a variable that it
// did not declare. Setting one is fine.
func reruns(h *house) []string {
	var faults []string
	for _, u := range h.units {
		for _, f := range u.files {
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !opensTx(call) {
					return true
				}
				if fn, ok := call.Args[len(call.Args)-1].(*ast.FuncLit); ok {
					for _, at := range outside(u, fn) {
						faults = append(faults, fmt.Sprintf("%s: a transaction may run again, and would add to this twice; set it at its start", h.at(u, at)))
					}
				}
				return true
			})
		}
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}

// opensTx reports whether a call looks like InTx(ctx, func) or Quietly(ctx, func).
func opensTx(call *ast.CallExpr) bool {
	if len(call.Args) < 2 {
		return false
	}
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name == "InTx" || f.Sel.Name == "Quietly"
	case *ast.Ident:
		return f.Name == "tx"
	}
	return false
}

// outside lists the places of fn that add to a variable which fn neither
// declared nor set before.
func outside(u *unit, fn *ast.FuncLit) (places []ast.Node) {
	set := map[*types.Var]bool{}
	foreign := func(e ast.Expr) bool {
		v := root(u, e)
		return v != nil && (v.Pos() < fn.Pos() || v.Pos() > fn.End()) && !set[v] && !v.IsField()
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IncDecStmt:
			if foreign(n.X) {
				places = append(places, n)
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				adding := n.Tok != token.ASSIGN && n.Tok != token.DEFINE
				if len(n.Rhs) == len(n.Lhs) && appends(u, n.Rhs[i], l) {
					adding = true
				}
				if adding && foreign(l) {
					places = append(places, n)
				} else if v := root(u, l); v != nil && !adding && n.Tok == token.ASSIGN {
					if _, whole := l.(*ast.Ident); whole {
						set[v] = true
					}
				}
			}
		}
		return true
	})
	return places
}

// appends reports whether e is append(to, ...).
func appends(u *unit, e, to ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && id.Name == "append" && root(u, call.Args[0]) != nil && root(u, call.Args[0]) == root(u, to)
}

// TestTransactionsCanRunAgain holds every function that runs in a transaction to
// what the store asks of it.
func TestTransactionsCanRunAgain(t *testing.T) {
	for _, fault := range reruns(ours(t)) {
		t.Error(fault)
	}
}
