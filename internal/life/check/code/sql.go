package code

import (
	"regexp"
	"strings"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/script"
)

var (
	sqlMethods = map[string]bool{"prepare": true, "exec": true, "query": true, "execute": true, "run": true, "all": true, "get": true, "raw": true, "unsafe": true}
	sqlStart   = regexp.MustCompile(`(?i)^\s*(?:select\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s+\w+|delete\s+from\s|replace\s+into\s|with\s+\w+|create\s+(?:table|index|view)|drop\s|alter\s|pragma\s|truncate\s)`)
)

// sqlRule finds queries that are glued together from text and values: a
// template with values, or text joined by +, given to a database method.
// Values that are fixed text themselves, such as a table's name in a constant,
// are fine.
func sqlRule(u *unit, n js.INode) {
	call, ok := n.(*js.CallExpr)
	if !ok || len(call.Args.List) == 0 {
		return
	}
	_, name, data := script.Member(call.X)
	if !sqlMethods[name] {
		return
	}
	query := u.value(call.Args.List[0].Value)
	if sqlStart.MatchString(beginning(query)) && !u.fixed(query, 0) {
		u.add("code_sql_built", data, name)
	}
}

// beginning returns the fixed text an expression starts with.
func beginning(n js.IExpr) string {
	switch n := n.(type) {
	case *js.TemplateExpr:
		if n.Tag != nil {
			return "" // a tag such as sql`...` may bind its values
		}
		return strings.Join(script.TemplateTexts(n), "?")
	case *js.BinaryExpr:
		if n.Op == js.AddToken {
			return beginning(n.X)
		}
	case *js.GroupExpr:
		return beginning(n.X)
	default:
		s, _ := script.Text(n)
		return s
	}
	return ""
}

// fixed reports whether an expression holds only fixed text and numbers.
func (u *unit) fixed(n js.IExpr, depth int) bool {
	if depth > 20 {
		return false
	}
	switch n := u.value(n).(type) {
	case *js.LiteralExpr:
		return true
	case *js.TemplateExpr:
		for _, p := range n.List {
			if !u.fixed(p.Expr, depth+1) {
				return false
			}
		}
		return n.Tag == nil
	case *js.BinaryExpr:
		return n.Op == js.AddToken && u.fixed(n.X, depth+1) && u.fixed(n.Y, depth+1)
	case *js.CondExpr:
		return u.fixed(n.X, depth+1) && u.fixed(n.Y, depth+1)
	}
	return u.placeholders(n)
}

// placeholders knows the list of question marks that a query with IN needs:
// ids.map(() => "?").join(",").
func (u *unit) placeholders(n js.IExpr) bool {
	join, ok := u.value(n).(*js.CallExpr)
	if !ok {
		return false
	}
	object, name, _ := script.Member(join.X)
	if name != "join" || object == nil {
		return false
	}
	inner, ok := u.value(object).(*js.CallExpr)
	if !ok || len(inner.Args.List) == 0 {
		return false
	}
	_, name, _ = script.Member(inner.X)
	arg := inner.Args.List[0].Value
	if f, ok := arg.(*js.ArrowFunc); ok && name == "map" {
		return returnsOnly(f.Body, func(x js.IExpr) bool { s, ok := script.Text(x); return ok && s == "?" })
	}
	s, ok := script.Text(arg)
	return ok && name == "fill" && s == "?"
}
