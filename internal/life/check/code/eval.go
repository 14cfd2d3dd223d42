package code

import (
	"bytes"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// evalRule finds window.eval, new window.Function and timers that are given
// text. Plain eval and Function are found by globalCalls.
func evalRule(u *unit, n js.INode) {
	switch n := n.(type) {
	case *js.CallExpr:
		u.evalCall(n.X, n.Args)
	case *js.NewExpr:
		if object, name, data := script.Member(n.X); name == "Function" && isGlobal(object) {
			u.add("code_eval", data, name)
		}
	}
}

func (u *unit) evalCall(callee js.IExpr, args js.Args) {
	object, name, data := script.Member(callee)
	if (name == "eval" || name == "Function") && isGlobal(object) {
		u.add("code_eval", data, name)
		return
	}
	if object == nil {
		name = script.Name(callee)
	}
	if name != "setTimeout" && name != "setInterval" || len(args.List) == 0 || object != nil && !isGlobal(object) {
		return
	}
	if arg := args.List[0].Value; isText(u.value(arg)) {
		u.addAt("code_eval", u.argument(name, arg), name)
	}
}

// argument returns where the first argument of a call stands. A variable has
// no place of its own, so the call is searched for.
func (u *unit) argument(callee string, arg js.IExpr) int {
	if v := script.Name(arg); v != "" {
		for _, at := range u.calls(callee) {
			if bytes.HasPrefix(u.s.Code()[at+len(callee)+1:], []byte(v)) {
				return at
			}
		}
	}
	return u.s.Offset(firstBytes(arg))
}

// globalCalls finds eval(...), Function(...) and new Function(...).
func (u *unit) globalCalls() {
	for _, name := range []string{"eval", "Function"} {
		for _, at := range u.calls(name) {
			u.addAt("code_eval", at, name)
		}
	}
}

func isGlobal(n js.IExpr) bool {
	switch script.Name(n) {
	case "window", "globalThis", "self", "global":
		return true
	}
	return false
}

// isText reports whether an expression is surely text.
func isText(n js.IExpr) bool {
	switch n := n.(type) {
	case *js.LiteralExpr:
		return n.TokenType == js.StringToken
	case *js.TemplateExpr:
		return n.Tag == nil
	case *js.BinaryExpr:
		return n.Op == js.AddToken && (isText(n.X) || isText(n.Y))
	case *js.GroupExpr:
		return isText(n.X)
	}
	return false
}

// firstBytes returns bytes of the first part of an expression that has its
// own, to know its place.
func firstBytes(n js.IExpr) []byte {
	switch n := n.(type) {
	case *js.LiteralExpr:
		return n.Data
	case *js.TemplateExpr:
		if len(n.List) > 0 {
			return n.List[0].Value
		}
		return n.Tail
	case *js.BinaryExpr:
		if b := firstBytes(n.X); b != nil {
			return b
		}
		return firstBytes(n.Y)
	case *js.GroupExpr:
		return firstBytes(n.X)
	case *js.CallExpr:
		return firstBytes(n.X)
	case *js.DotExpr:
		_, _, data := script.Member(n)
		return data
	case *js.Var:
		return n.Data
	}
	return nil
}
