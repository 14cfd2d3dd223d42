package code

import (
	"regexp"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// htmlRule finds values that go into a page as HTML: innerHTML, outerHTML,
// srcdoc, insertAdjacentHTML, document.write, React's dangerouslySetInnerHTML.
// Fixed text is fine, and so are values that pass through a function whose
// name says that it escapes.
func htmlRule(u *unit, n js.INode) {
	switch n := n.(type) {
	case *js.BinaryExpr:
		if n.Op != js.EqToken && n.Op != js.AddEqToken {
			return
		}
		if _, name, data := script.Member(n.X); (name == "innerHTML" || name == "outerHTML" || name == "srcdoc") && !u.safeHTML(n.Y, 0) {
			u.add("code_unsafe_html", data, name)
		}
	case *js.CallExpr:
		u.htmlCall(n)
	case *js.Property:
		if name, data := script.Key(n); name == "__html" && !u.safeHTML(n.Value, 0) {
			u.add("code_unsafe_html", data, "dangerouslySetInnerHTML")
		}
	}
}

func (u *unit) htmlCall(n *js.CallExpr) {
	object, name, data := script.Member(n.X)
	last := len(n.Args.List) - 1
	switch {
	case last < 0:
	case name == "insertAdjacentHTML" && last == 1, name == "createContextualFragment":
		if !u.safeHTML(n.Args.List[last].Value, 0) {
			u.add("code_unsafe_html", data, name)
		}
	case (name == "write" || name == "writeln") && script.Name(object) == "document":
		for _, a := range n.Args.List {
			if !u.safeHTML(a.Value, 0) {
				u.add("code_unsafe_html", data, "document."+name)
				return
			}
		}
	}
}

var escapes = regexp.MustCompile(`(?i)^(?:esc|escape|sanitize|sanitise|purify|encode|safe|h$)|(?:escape|sanitize|sanitise|encode)(?:d|html)?$`)

// safeHTML reports whether an expression is fixed text, or is made only of
// fixed text, numbers and escaped values.
func (u *unit) safeHTML(n js.IExpr, depth int) bool {
	if depth > 20 {
		return false
	}
	safe := func(x js.IExpr) bool { return u.safeHTML(x, depth+1) }
	switch n := u.value(n).(type) {
	case *js.LiteralExpr:
		return true
	case *js.TemplateExpr:
		if n.Tag != nil {
			return escapes.MatchString(script.Name(n.Tag)) || script.Name(n.Tag) == "html"
		}
		for _, p := range n.List {
			if !safe(p.Expr) {
				return false
			}
		}
		return true
	case *js.BinaryExpr:
		if n.Op == js.AddToken || n.Op == js.OrToken || n.Op == js.NullishToken {
			return safe(n.X) && safe(n.Y)
		}
		return n.Op == js.SubToken || n.Op == js.MulToken || n.Op == js.DivToken || n.Op == js.ModToken // numbers
	case *js.CondExpr:
		return safe(n.X) && safe(n.Y)
	case *js.CallExpr:
		return u.safeCall(n, safe)
	case *js.DotExpr:
		_, name, _ := script.Member(n)
		return name == "length"
	}
	return false
}

func (u *unit) safeCall(n *js.CallExpr, safe func(js.IExpr) bool) bool {
	object, name, _ := script.Member(n.X)
	if object == nil {
		name = script.Name(n.X)
	}
	switch {
	case escapes.MatchString(name), name == "toFixed", name == "Number", name == "parseInt":
		return true
	case name == "join" && object != nil:
		return safe(object)
	case name == "map" && len(n.Args.List) > 0:
		f, ok := n.Args.List[0].Value.(*js.ArrowFunc)
		return ok && returnsOnly(f.Body, safe)
	}
	return false
}

// returnsOnly reports whether a function body returns, and returns only what
// is safe. It looks at the top level of the body; a return further inside
// makes it false.
func returnsOnly(body js.BlockStmt, safe func(js.IExpr) bool) bool {
	returns := false
	for _, s := range body.List {
		switch s := s.(type) {
		case *js.ReturnStmt:
			if !safe(s.Value) {
				return false
			}
			returns = true
		case *js.VarDecl, *js.ExprStmt:
		default:
			return false
		}
	}
	return returns
}
