package code

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// cleaner knows the functions that make a value harmless for what a clause
// looks at.
type cleaner struct{ more rulebook.Regexp }

var (
	escapes = regexp.MustCompile(`(?i)^(?:esc|escape|sanitize|sanitise|purify|encode|safe|quote|h$)|(?:escape|sanitize|sanitise|encode|quote)(?:d|html|_html|string|_string|_filename|filename)?$`)
	numbers = regexp.MustCompile(`^(?:toFixed|Number|parseInt|parseFloat|BigInt|Boolean|int|float|bool|len|abs|round|Atoi|ParseInt|ParseFloat|ParseUint|ParseBool|Itoa|FormatInt|UUID|uuid4|uuid|randomUUID|getTime|now|size|indexOf|count|MustParse|Duration|int64|uint|uint64|int32|float64)$`)
	capital = regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)
)

// cleans reports whether a call's result is harmless whatever it is given.
func (u *unit) cleans(call syntax.Node) bool {
	name := calleeName(call)
	return escapes.MatchString(name) || numbers.MatchString(name) || u.clean.more.MatchString(name)
}

// fixed reports whether an expression holds only fixed text, numbers and
// values made harmless.
func (u *unit) fixed(n syntax.Node) bool {
	before := u.settled
	u.settled = map[*variable]bool{}
	defer func() { u.settled = before }()
	return u.fixedAt(n, 0)
}

func (u *unit) fixedAt(n syntax.Node, depth int) bool {
	if depth > 40 || !n.Ok() || u.tired() {
		return false
	}
	all := func(ns ...syntax.Node) bool {
		for _, c := range ns {
			if !u.fixedAt(c, depth+1) {
				return false
			}
		}
		return true
	}
	n = unwrapped(n)
	if isTextNode(n) {
		for c := range n.Within() {
			if c.Is("template_substitution", "interpolation") && !all(c.Child(0)) || c.Is("simple_expansion", "expansion", "command_substitution") {
				return false
			}
		}
		return !tagged(n) || escapes.MatchString(calleeName(n.Parent())) || calleeName(n.Parent()) == "html"
	}
	switch n.Kind() {
	case "number", "true", "false", "null", "undefined", "nil", "none", "integer", "float", "int_literal", "float_literal", "rune_literal", "regex", "iota", "comparison_operator", "not_operator", "boolean_literal":
		return true
	case "identifier":
		return u.fixedName(n, depth)
	case "binary_expression", "binary_operator", "boolean_operator":
		switch op := operator(n); op {
		case "+", "||", "??", "&&", "or", "and", "%":
			if op == "%" && !isTextNode(unwrapped(n.Field("left"))) && u.in != "python" {
				return true
			}
			return all(n.Field("left"), n.Field("right"))
		}
		return true // a number, or yes or no
	case "unary_expression", "unary_operator", "update_expression":
		return true
	case "ternary_expression":
		return all(n.Field("consequence"), n.Field("alternative"))
	case "conditional_expression":
		return all(n.Child(0), n.Child(2))
	case "array", "list", "tuple", "object", "dictionary", "set", "composite_literal", "literal_value":
		for c := range n.Children() {
			if c.Is("pair", "keyed_element") {
				c = lastChild(c)
			}
			if !u.fixedAt(c, depth+1) && !c.Is("slice_type", "array_type", "map_type") {
				return false
			}
		}
		return true
	case "member_expression", "attribute", "selector_expression":
		name := lastNode(n).Text()
		return name == "length" || capital.MatchString(name) && !u.isSource(n)
	case "subscript_expression", "subscript", "index_expression": // a row of a fixed table
		object := n.Field("object")
		if !object.Ok() {
			object = n.Field("value")
		}
		if !object.Ok() {
			object = n.Field("operand")
		}
		return u.fixedAt(object, depth+1)
	case "call_expression", "call":
		return u.fixedCall(n, depth)
	}
	return false
}

func lastChild(n syntax.Node) syntax.Node {
	var last syntax.Node
	for c := range n.Children() {
		last = c
	}
	return last
}

func (u *unit) fixedName(n syntax.Node, depth int) bool {
	v := u.find(n)
	if v == nil {
		return capital.MatchString(n.Text()) || n.Text() == "undefined"
	}
	if v.param && len(v.values) == 0 || len(v.values) == 0 {
		return false
	}
	if known, ok := u.settled[v]; ok {
		return known
	}
	u.settled[v] = true // a circle adds nothing
	for _, val := range v.values {
		if val.node.Holds(n) && !val.part || !u.fixedAt(val.node, depth+3) {
			u.settled[v] = false
			return false
		}
	}
	return true
}

func (u *unit) fixedCall(n syntax.Node, depth int) bool {
	if u.cleans(n) {
		return true
	}
	args := func() bool {
		for c := range positional(n) {
			if !u.fixedAt(c, depth+1) {
				return false
			}
		}
		return true
	}
	object := receiver(n)
	switch calleeName(n) {
	case "join", "Join", "toString", "trim", "strip", "toLowerCase", "toUpperCase", "lower", "upper", "split", "keys", "slice", "concat":
		if calleeName(n) == "join" && u.in == "python" || calleeName(n) == "Join" {
			return args()
		}
		return object.Ok() && u.fixedAt(object, depth+1) && args()
	case "fill", "repeat", "Repeat":
		return arguments(n, 0).Ok() && (u.fixedAt(arguments(n, 0), depth+1) || u.fixedAt(object, depth+1))
	case "map":
		return u.returnsOnly(arguments(n, 0), depth)
	case "format":
		return isTextNode(object) && args()
	case "Sprintf", "Sprint", "str", "String", "dict":
		return args()
	}
	return false
}

// returnsOnly reports whether a function returns, and only what is fixed.
func (u *unit) returnsOnly(fn syntax.Node, depth int) bool {
	body := fn.Field("body")
	if !fn.Is("arrow_function") || !body.Ok() {
		return false
	}
	if !body.Is("statement_block") {
		return u.fixedAt(body, depth+1)
	}
	returns := false
	for s := range body.Children() {
		switch s.Kind() {
		case "return_statement":
			if !u.fixedAt(s.Child(0), depth+1) {
				return false
			}
			returns = true
		case "lexical_declaration", "variable_declaration", "expression_statement":
		default:
			return false
		}
	}
	return returns
}

// built reports whether an expression is text put together with values that
// are not fixed.
func (u *unit) built(n syntax.Node) bool { return u.builtAt(n, 0) && !u.fixed(n) }

func (u *unit) builtAt(n syntax.Node, depth int) bool {
	if depth > 12 || u.tired() {
		return false
	}
	n = u.follow(n)
	if isTextNode(n) {
		return hasValues(n) && !tagged(n)
	}
	switch n.Kind() {
	case "identifier": // set more than once
		if v := u.find(n); v != nil && !v.param && len(v.values) > 1 {
			for _, val := range v.values {
				if val.part && !u.fixed(val.node) && !val.node.Is("for_in_statement") || !val.node.Holds(n) && u.builtAt(val.node, depth+4) && !u.fixed(val.node) {
					return u.textual(v.values[0].node, depth+4)
				}
			}
		}
	case "binary_expression", "binary_operator":
		switch operator(n) {
		case "+":
			return u.textual(n.Field("left"), depth+1) || u.textual(n.Field("right"), depth+1)
		case "%":
			return u.textual(n.Field("left"), depth+1) && u.in == "python"
		}
	case "ternary_expression":
		return u.builtAt(n.Field("consequence"), depth+1) || u.builtAt(n.Field("alternative"), depth+1)
	case "call_expression", "call":
		switch calleeName(n) {
		case "Sprintf":
			return true
		case "format", "concat", "trim", "strip":
			return isTextNode(u.follow(receiver(n)))
		case "join", "Join":
			return true
		case "text", "raw", "literal", "ByteString":
			return u.builtAt(arguments(n, 0), depth+1)
		}
	case "type_conversion_expression":
		return u.builtAt(n.Field("operand"), depth+1)
	}
	return false
}

// textual reports whether an expression is surely text.
func (u *unit) textual(n syntax.Node, depth int) bool {
	if depth > 20 || u.tired() {
		return false
	}
	n = u.follow(n)
	switch n.Kind() {
	case "binary_expression", "binary_operator":
		return operator(n) == "+" && (u.textual(n.Field("left"), depth+1) || u.textual(n.Field("right"), depth+1)) || operator(n) == "%" && u.textual(n.Field("left"), depth+1)
	case "identifier":
		if v := u.find(n); v != nil && len(v.values) > 1 && !v.param && !v.values[0].node.Holds(n) {
			return u.textual(v.values[0].node, depth+6)
		}
	case "call_expression", "call":
		return strings.HasPrefix(calleeName(n), "Sprint")
	}
	return isTextNode(n) && !tagged(n)
}
