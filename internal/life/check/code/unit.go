package code

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// unit is one syntax tree under check: a file, or one script of a page.
type unit struct {
	e       *Engine
	in      string // js, python, go, sh, html
	t       *syntax.Tree
	imports map[string]string // local names of what is imported
	vars    map[place]*variable
	ifs     []syntax.Node      // conditions, in order
	seen    map[*variable]bool // of the question that is being answered: is it tainted?
	settled map[*variable]bool // and: is it fixed?
	clean   cleaner            // of the clause that is asked about
	work    int                // steps so far
}

// place is a name in a function.
type place struct {
	name  string
	scope syntax.Node
}

// most bounds the steps for one file: about a second.
const most = 5_000_000

// tired counts a step and reports whether there were too many. What is asked
// for is then unknown, and the file counts as not understood.
func (u *unit) tired() bool {
	u.work++
	return u.work > most
}

// variable is one name in one function.
type variable struct {
	scope  syntax.Node
	param  bool
	kind   string // of a parameter in Go, as written
	values []value
}

// value is what a variable is set to.
type value struct {
	node syntax.Node
	part bool // only a part of it: an element, a property, one of several results
}

func newUnit(e *Engine, in string, t *syntax.Tree) *unit {
	u := &unit{e: e, in: in, t: t, imports: map[string]string{}, vars: map[place]*variable{}}
	for n := range t.Root().Within() {
		u.declare(n)
	}
	for n := range t.Root().Within() {
		u.assign(n)
	}
	return u
}

func scopeKind(n syntax.Node) bool {
	switch n.Kind() {
	case "function_declaration", "function_expression", "function", "arrow_function", "method_definition", "generator_function", "generator_function_declaration",
		"function_definition", "lambda", "method_declaration", "func_literal":
		return n.Named()
	}
	return false
}

// scopeOf returns the function around a node, or the root.
func scopeOf(n syntax.Node) syntax.Node {
	p := n.Parent()
	for p.Ok() && !scopeKind(p) {
		if !p.Parent().Ok() {
			return p
		}
		p = p.Parent()
	}
	if !p.Ok() {
		return n
	}
	return p
}

func (u *unit) variable(name string, scope syntax.Node) *variable {
	at := place{name, scope}
	if u.vars[at] == nil {
		u.vars[at] = &variable{scope: scope}
	}
	return u.vars[at]
}

// find returns the variable that a name means at a node, or nil.
func (u *unit) find(n syntax.Node) *variable {
	name := n.Text()
	for scope := scopeOf(n); ; {
		if v := u.vars[place{name, scope}]; v != nil {
			return v
		}
		outer := scopeOf(scope)
		if outer == scope || !scope.Parent().Ok() {
			return nil
		}
		scope = outer
	}
}

// declare notes imports, parameters and declared variables.
func (u *unit) declare(n syntax.Node) {
	switch n.Kind() {
	case "import_statement", "import_from_statement", "import_spec":
		u.imported(n)
	case "variable_declarator":
		if n.Parent().Parent().Is("ambient_declaration") {
			return // declare const x: any; says of something else that it is there
		}
		u.bind(n.Field("name"), n.Field("value"), scopeOf(n), false, false)
	case "function_declaration", "generator_function_declaration", "class_declaration", "function_definition":
		if name := n.Field("name"); name.Ok() && !n.Parent().Is("class_body", "method_declaration") {
			v := u.variable(name.Text(), scopeOf(n))
			v.values = append(v.values, value{n, true})
		}
	case "for_in_statement":
		u.bind(n.Field("left"), n.Field("right"), scopeOf(n), true, false)
	case "short_var_declaration":
		u.pairs(n.Field("left"), n.Field("right"), scopeOf(n))
	case "var_spec", "const_spec":
		for c := range n.All() {
			if c.FieldName() == "name" {
				val := n.Field("value").Child(0)
				u.bind(c, val, scopeOf(n), false, false)
			}
		}
	case "range_clause":
		for c := range n.Field("left").Children() {
			u.bind(c, n.Field("right"), scopeOf(n), true, false)
		}
	case "catch_clause":
		u.bind(n.Field("parameter"), syntax.Node{}, scopeOf(n), true, false)
	}
	if n.Is("if_statement", "ternary_expression", "conditional_expression") {
		u.ifs = append(u.ifs, n)
	}
	if scopeKind(n) {
		u.params(n)
	}
}

func (u *unit) params(fn syntax.Node) {
	for _, list := range []syntax.Node{fn.Field("parameters"), fn.Field("parameter"), fn.Field("receiver")} {
		if list.Is("identifier") {
			u.bind(list, u.receiverOf(fn), fn, true, true)
			continue
		}
		for p := range list.Children() {
			u.bind(p, u.receiverOf(fn), fn, true, true)
		}
	}
}

// receiverOf returns the list whose elements a function gets, as in
// list.map(x => ...), or no node.
func (u *unit) receiverOf(fn syntax.Node) syntax.Node {
	call := fn.Parent().Parent()
	if !fn.Parent().Is("arguments") || !call.Is("call_expression") {
		return syntax.Node{}
	}
	callee := call.Field("function")
	switch callee.Field("property").Text() {
	case "map", "forEach", "filter", "then", "find", "some", "every", "flatMap", "reduce":
		return callee.Field("object")
	}
	return syntax.Node{}
}

// bind gives the names of a pattern a value.
func (u *unit) bind(pattern, val syntax.Node, scope syntax.Node, part, param bool) {
	switch pattern.Kind() {
	case "identifier", "shorthand_property_identifier_pattern":
		v := u.variable(pattern.Text(), scope)
		v.param = v.param || param
		if val.Ok() {
			v.values = append(v.values, value{val, part})
		}
	case "pair_pattern":
		u.bind(pattern.Field("value"), val, scope, true, param)
	case "assignment_pattern", "object_assignment_pattern":
		u.bind(pattern.Field("left"), val, scope, true, param)
	case "required_parameter", "optional_parameter":
		u.bind(pattern.Field("pattern"), val, scope, part, param)
	case "default_parameter", "typed_default_parameter":
		u.bind(pattern.Field("name"), val, scope, part, param)
	case "parameter_declaration":
		for c := range pattern.All() {
			if c.FieldName() == "name" {
				u.bind(c, val, scope, part, param)
				u.variable(c.Text(), scope).kind = pattern.Field("type").Text()
			}
		}
	case "typed_parameter":
		u.bind(pattern.Child(0), val, scope, part, param)
	case "object_pattern", "array_pattern", "rest_pattern", "pattern_list", "tuple_pattern", "list_pattern", "expression_list", "list_splat_pattern", "dictionary_splat_pattern", "as_pattern_target":
		for c := range pattern.Children() {
			u.bind(c, val, scope, true, param)
		}
	}
}

// pairs binds a list of names to a list of values, one by one where they match.
func (u *unit) pairs(left, right syntax.Node, scope syntax.Node) {
	var names, vals []syntax.Node
	for c := range left.Children() {
		names = append(names, c)
	}
	for c := range right.Children() {
		vals = append(vals, c)
	}
	for i, n := range names {
		switch {
		case len(names) == len(vals):
			u.bind(n, vals[i], scope, false, false)
		case i == 0 && len(vals) == 1:
			u.bind(n, vals[0], scope, len(names) > 2, false) // v, err := f()
		default:
			u.bind(n, syntax.Node{}, scope, true, false)
		}
	}
}

// assign notes later assignments.
func (u *unit) assign(n syntax.Node) {
	switch n.Kind() {
	case "assignment_expression", "augmented_assignment_expression":
		u.set(n.Field("left"), n.Field("right"), n.Is("augmented_assignment_expression"))
	case "assignment", "augmented_assignment": // Python
		left, right := n.Field("left"), n.Field("right")
		switch {
		case !right.Ok():
		case left.Is("identifier"):
			v := u.variable(left.Text(), scopeOf(n))
			v.values = append(v.values, value{right, n.Is("augmented_assignment")})
		case left.Is("pattern_list", "tuple_pattern") && right.Is("expression_list", "tuple"):
			u.pairs(left, right, scopeOf(n))
		default:
			u.bind(left, right, scopeOf(n), true, false)
		}
	case "named_expression":
		u.bind(n.Field("name"), n.Field("value"), scopeOf(n), false, false)
	case "for_statement", "for_in_clause":
		if u.in == "python" {
			u.bind(n.Field("left"), n.Field("right"), scopeOf(n), true, false)
		}
	case "as_pattern":
		if t := n.Field("alias"); t.Ok() {
			u.bind(t, n.Child(0), scopeOf(n), true, false)
		}
	case "assignment_statement": // Go
		left, right := n.Field("left"), n.Field("right")
		for i := 0; ; i++ {
			l := left.Child(i)
			if !l.Ok() {
				return
			}
			r := right.Child(i)
			if !r.Ok() {
				r = right.Child(0)
			}
			u.set(l, r, strings.TrimSpace(n.Field("operator").Text()) != "=")
		}
	}
}

// set adds a value to a variable that is declared somewhere, or else to a
// variable of the whole file.
func (u *unit) set(left, right syntax.Node, part bool) {
	if !left.Is("identifier") {
		if left.Is("object_pattern", "array_pattern") {
			u.bind(left, right, scopeOf(left), true, false)
		}
		return
	}
	v := u.find(left)
	if v == nil {
		v = u.variable(left.Text(), u.t.Root())
	}
	v.values = append(v.values, value{right, part})
}
