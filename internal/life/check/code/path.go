package code

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// imported notes which local names an import makes.
func (u *unit) imported(n syntax.Node) {
	switch n.Kind() {
	case "import_spec": // Go
		path := strings.Trim(n.Field("path").Text(), "\"`")
		name := n.Field("name").Text()
		if name == "" {
			name = lastElement(path)
		}
		u.imports[name] = path
	case "import_from_statement":
		module := n.Field("module_name").Text()
		for c := range n.All() {
			if c.FieldName() == "name" {
				u.pythonName(c, module+".")
			}
		}
	case "import_statement":
		if u.in == "python" {
			for c := range n.Children() {
				u.pythonName(c, "")
			}
			return
		}
		module := moduleName(u.fixedText(n.Field("source")))
		for c := range n.Within() {
			switch {
			case c.Is("import_specifier"):
				name := c.Field("name").Text()
				local := c.Field("alias").Text()
				if local == "" {
					local = name
				}
				u.imports[local] = module + "." + name
			case c.Is("identifier") && c.Parent().Is("import_clause", "namespace_import"):
				u.imports[c.Text()] = module
			}
		}
	}
}

func (u *unit) pythonName(n syntax.Node, prefix string) {
	switch {
	case n.Is("aliased_import"):
		u.imports[n.Field("alias").Text()] = prefix + n.Field("name").Text()
	case prefix != "":
		u.imports[n.Text()] = prefix + n.Text()
	case n.Is("dotted_name"):
		head, _, _ := strings.Cut(n.Text(), ".")
		u.imports[head] = head
	}
}

// lastElement returns the name of a Go package by its path.
func lastElement(path string) string {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		last = parts[len(parts)-2]
	}
	last, _, _ = strings.Cut(last, ".")
	return strings.TrimPrefix(last, "go-")
}

func moduleName(s string) string { return strings.TrimPrefix(s, "node:") }

// unwrapped takes parentheses, types and await off.
func unwrapped(n syntax.Node) syntax.Node {
	for range 20 {
		switch n.Kind() {
		case "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "await_expression", "await", "literal_element", "unary_expression", "expression_list", "jsx_expression", "type_assertion_expression":
			if n.Is("unary_expression") && n.Child(0).Text() != "" && !strings.HasPrefix(n.Text(), "&") && !strings.HasPrefix(n.Text(), "*") && !strings.HasPrefix(n.Text(), "<-") {
				return n
			}
			inner := n.Child(0)
			if n.Is("expression_list") && n.Child(1).Ok() || !inner.Ok() {
				return n
			}
			n = inner
		case "pointer_expression":
			n = n.Child(0)
		default:
			return n
		}
	}
	return n
}

// path returns the dotted name of an expression, with imports resolved:
// child_process.exec, os/exec.Command, request.args.get(). What has no name
// is "?".
func (u *unit) path(n syntax.Node) string { return u.pathAt(n, 0) }

func (u *unit) pathAt(n syntax.Node, depth int) string {
	if depth > 30 || u.tired() {
		return "?"
	}
	n = unwrapped(n)
	switch n.Kind() {
	case "identifier", "package_identifier", "type_identifier", "field_identifier", "property_identifier":
		return u.nameOf(n, depth)
	case "member_expression":
		return u.pathAt(n.Field("object"), depth+1) + "." + n.Field("property").Text()
	case "attribute":
		return u.pathAt(n.Field("object"), depth+1) + "." + n.Field("attribute").Text()
	case "selector_expression":
		return u.pathAt(n.Field("operand"), depth+1) + "." + n.Field("field").Text()
	case "qualified_type":
		return u.pathAt(n.Field("package"), depth+1) + "." + n.Field("name").Text()
	case "subscript_expression":
		return u.element(n.Field("object"), n.Field("index"), depth)
	case "subscript":
		return u.element(n.Field("value"), n.Field("subscript"), depth)
	case "index_expression":
		return u.element(n.Field("operand"), n.Field("index"), depth)
	case "call_expression", "call":
		return u.calledPath(n, depth)
	case "new_expression":
		return u.pathAt(n.Field("constructor"), depth+1) + "()"
	case "composite_literal":
		return u.pathAt(n.Field("type"), depth+1) + "{}"
	case "this":
		return "this"
	}
	return "?"
}

func (u *unit) element(object, index syntax.Node, depth int) string {
	if s, ok := u.constant(index); ok && s != "" {
		return u.pathAt(object, depth+1) + "." + s
	}
	return u.pathAt(object, depth+1) + "[]"
}

func (u *unit) calledPath(n syntax.Node, depth int) string {
	callee := n.Field("function")
	if callee.Is("identifier") && callee.Text() == "require" || callee.Is("import") {
		if s, ok := u.constant(n.Field("arguments").Child(0)); ok {
			return moduleName(s)
		}
	}
	p := u.pathAt(callee, depth+1)
	if strings.HasSuffix(p, "promisify") {
		return u.pathAt(n.Field("arguments").Child(0), depth+1)
	}
	return p + "()"
}

// nameOf resolves a name: what it was imported as, or what it was declared to
// be another name of. A name of the file's own stands behind a tilde.
func (u *unit) nameOf(n syntax.Node, depth int) string {
	name := n.Text()
	v := u.find(n)
	if v == nil {
		if path, ok := u.imports[name]; ok {
			return path
		}
		return name
	}
	if len(v.values) == 1 && !v.param && depth < 8 {
		val := unwrapped(v.values[0].node)
		switch {
		case !v.values[0].part && val.Is("call_expression", "member_expression", "attribute", "identifier", "selector_expression"):
			if p := u.pathAt(val, depth+1); val != n && !strings.HasSuffix(p, "()") && !strings.Contains(p, "?") && u.known(p) {
				return p
			}
		case v.values[0].part && val.Is("call_expression"): // const { exec } = require("child_process")
			if p := u.pathAt(val, depth+1); !strings.HasSuffix(p, "()") && p != "?" {
				return p + "." + name
			}
		}
	}
	return "~" + name
}

// known reports whether a path begins with something imported.
func (u *unit) known(path string) bool {
	return !strings.HasPrefix(path, "~") && !strings.HasPrefix(path, "this")
}
