package code

import (
	"regexp"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// isTainted reports whether an expression can hold text of a stranger: a
// source, or something made of one, followed through variables of the function
// and of those around it. Functions that make text harmless, numbers, and names
// that were compared with a list before end the way.
func (u *unit) isTainted(n syntax.Node) bool {
	u.seen = map[*variable]bool{}
	return u.taintAt(n, n, 0)
}

func (u *unit) taintAt(n, sink syntax.Node, depth int) bool {
	if depth > 40 || !n.Ok() || u.tired() {
		return false
	}
	n = unwrapped(n)
	any := func(ns ...syntax.Node) bool {
		for _, c := range ns {
			if u.taintAt(c, sink, depth+1) {
				return true
			}
		}
		return false
	}
	switch n.Kind() {
	case "identifier", "shorthand_property_identifier":
		return u.taintedName(n, sink, depth)
	case "template_string", "string", "concatenated_string":
		for c := range n.Within() {
			if c.Is("template_substitution", "interpolation") && any(c.Child(0)) {
				return true
			}
		}
		return false
	case "member_expression", "attribute", "selector_expression", "subscript_expression", "subscript", "index_expression", "slice_expression":
		if lastNode(n).Text() == "length" {
			return false
		}
		return u.isSource(n) || any(objectOf(n))
	case "call_expression", "call", "new_expression":
		return u.taintedCall(n, sink, depth)
	case "binary_expression", "binary_operator", "boolean_operator":
		switch operator(n) {
		case "==", "===", "!=", "!==", "<", ">", "<=", ">=", "-", "/", "instanceof", "in":
			return false
		}
		return any(n.Field("left"), n.Field("right"))
	case "ternary_expression":
		return any(n.Field("consequence"), n.Field("alternative"))
	case "conditional_expression":
		return any(n.Child(0), n.Child(2))
	case "array", "list", "tuple", "object", "dictionary", "pair", "spread_element", "composite_literal", "literal_value", "keyed_element", "keyword_argument", "assignment_expression", "list_comprehension", "generator_expression", "type_conversion_expression", "parenthesized_expression", "expression_list", "argument_list", "list_splat", "dictionary_splat", "slice":
		if n.Is("assignment_expression") {
			return any(n.Field("right"))
		}
		for c := range n.Children() {
			if any(c) {
				return true
			}
		}
	}
	return false
}

func objectOf(n syntax.Node) syntax.Node {
	for _, f := range []string{"object", "operand", "value"} {
		if c := n.Field(f); c.Ok() {
			return c
		}
	}
	return syntax.Node{}
}

func (u *unit) taintedCall(n, sink syntax.Node, depth int) bool {
	if u.cleans(n) {
		return false
	}
	if u.isSource(n) {
		return true
	}
	switch calleeName(n) {
	case "includes", "has", "startsWith", "endsWith", "test", "Contains", "HasPrefix", "isinstance", "hash", "compare", "verify", "findOne", "findById", "findUnique", "count", "any", "all":
		return false
	}
	if o := receiver(n); o.Ok() && u.taintAt(o, sink, depth+1) {
		return true
	}
	if !n.Is("new_expression") && !passesOn.MatchString(calleeName(n)) {
		return false // what an unknown function makes of it is not known
	}
	for c := range n.Field("arguments").Children() {
		if u.taintAt(c, sink, depth+2) {
			return true
		}
	}
	return false
}

// passesOn names functions whose result holds the text that they are given.
var passesOn = regexp.MustCompile(`(?i)^(?:trim\w*|replace\w*|concat|join|joinpath|resolve|normalize|format|s?printf?|sprint(?:ln|f)?|string|str|text|url|parse\w*|urlparse|urljoin|urlsplit|tostring|to(?:lower|upper)\w*|lower|upper|strip|decode\w*|encode\w*|unescape|unquote\w*|from|atob|btoa|stringify|loads?|dumps|bytes|bytearray|clean|path|markup|template|list|dict|tuple|set|object|array|assign|merge|getattr|get|getOrDefault|pop|copy|NewReader|ReadAll|body|readall|split|urlsearchparams|request|Printf|Errorf|abs|html|raw|sql|fspath|expanduser|buffer|promise|all)$`)

var sourceSkip = regexp.MustCompile(`^(?:err|error|ok|_)$`)

func (u *unit) taintedName(n, sink syntax.Node, depth int) bool {
	v := u.find(n)
	if v == nil || sourceSkip.MatchString(n.Text()) {
		return false
	}
	if known, ok := u.seen[v]; ok {
		return known
	}
	u.seen[v] = false // a circle adds nothing
	if u.guarded(n.Text(), v, sink) {
		return false
	}
	if v.param && u.handlerParam(n.Text(), v) {
		u.seen[v] = true
		return true
	}
	for _, val := range v.values {
		if !val.node.Holds(n) && u.taintAt(val.node, sink, depth+2) {
			u.seen[v] = true
			return true
		}
	}
	return false
}

// isSource reports whether an expression itself is a source.
func (u *unit) isSource(n syntax.Node) bool {
	if u.in == "go" && !u.ofRequest(n) {
		return false
	}
	p := ""
	for _, s := range u.e.sources[u.in] {
		if !s.Path.Set() {
			continue
		}
		if p == "" {
			if p = strings.TrimPrefix(u.path(n), "~"); len(p) > 300 {
				return false
			}
		}
		if s.Path.MatchString(p) {
			return true
		}
	}
	return false
}

// handlerParam reports whether a parameter belongs to a function that handles
// requests, by its decorators, and can hold text.
func (u *unit) handlerParam(name string, v *variable) bool {
	outer := v.scope.Parent()
	if !outer.Is("decorated_definition") || name == "self" || name == "request" || name == "db" || name == "session" {
		return false
	}
	handler := false
	for c := range outer.Children() {
		if c.Is("decorator") {
			for _, s := range u.e.sources[u.in] {
				handler = handler || s.Params.Match(c.Bytes())
			}
		}
	}
	if !handler {
		return false
	}
	for p := range v.scope.Field("parameters").Children() {
		text := p.Text()
		if head := strings.FieldsFunc(text, func(r rune) bool { return r == ':' || r == '=' || r == ' ' }); len(head) > 0 && head[0] == name {
			kind := p.Field("type").Text()
			return !strings.Contains(text, "Depends(") && !strings.Contains(text, "Security(") && (kind == "" || strings.Contains(kind, "str") || strings.Contains(kind, "dict") || strings.Contains(kind, "Any"))
		}
	}
	return false
}

// guarded reports whether a name was held against a list, a set or a pattern
// in a condition before the sink.
func (u *unit) guarded(name string, v *variable, sink syntax.Node) bool {
	for _, n := range u.ifs {
		if n.Start() >= sink.Start() {
			return false
		}
		if !v.scope.Holds(n) || u.tired() {
			continue
		}
		cond := n.Field("condition")
		if !cond.Ok() {
			cond = n.Child(1)
		}
		if u.guards(cond, name) {
			return true
		}
	}
	return false
}

var guardCalls = regexp.MustCompile(`^(?:includes|has|test|startsWith|endsWith|match|fullmatch|search|Contains|HasPrefix|MatchString|startswith|is_relative_to|has_key|isAllowed|is_allowed|allowed|isSafe\w*|is_safe\w*|valid\w*|isValid\w*|is_valid\w*|Valid\w*|hasOwn|url_has_allowed_host_and_scheme|IsLocal|isUUID|isdigit|isalnum|isInt|isEmail)$`)

func (u *unit) guards(cond syntax.Node, name string) bool {
	holds := func(n syntax.Node) bool {
		for c := range n.Within() {
			if c.Is("identifier") && c.Text() == name {
				return true
			}
		}
		return false
	}
	for c := range cond.Within() {
		switch c.Kind() {
		case "call_expression", "call":
			if guardCalls.MatchString(calleeName(c)) && holds(c) {
				return true
			}
		case "comparison_operator": // x in ALLOWED
			if strings.Contains(c.Text(), " in ") && c.Child(0).Text() == name {
				return true
			}
		case "subscript_expression", "index_expression": // allowed[x]
			if strings.TrimSpace(c.Field("index").Text()) == name {
				return true
			}
		case "binary_expression":
			if operator(c) == "in" && c.Field("left").Text() == name {
				return true
			}
		}
	}
	return false
}

// ofRequest reports whether an expression in Go begins with a parameter that
// is a request a server got, or with a package.
func (u *unit) ofRequest(n syntax.Node) bool {
	head := n
	for range 20 {
		head = unwrapped(head)
		next := objectOf(head)
		if head.Is("call_expression") {
			next = head.Field("function")
		}
		if !next.Ok() {
			break
		}
		head = next
	}
	v := u.find(head)
	return v == nil || v.param && (strings.Contains(v.kind, "http.Request") || strings.Contains(v.kind, "Context") || strings.Contains(v.kind, "Ctx"))
}

// leads reports whether the part of an address that says where it leads is
// tainted: its beginning, or what follows "https://".
func (u *unit) leads(n syntax.Node, depth int) bool {
	if depth > 12 {
		return false
	}
	n = u.follow(n)
	switch {
	case n.Is("binary_expression", "binary_operator") && operator(n) == "+":
		if s, ok := u.constant(n.Field("left")); ok {
			return openStart.MatchString(s) && u.leads(n.Field("right"), depth+1)
		}
		return u.leads(n.Field("left"), depth+1)
	case isTextNode(n):
		s := u.fixedText(n)
		before, _, found := strings.Cut(s, "?")
		if !found || !openStart.MatchString(before) {
			return false
		}
		for c := range n.Within() {
			if c.Is("template_substitution", "interpolation") {
				return u.leads(c.Child(0), depth+1)
			}
		}
		return false
	case n.Is("call_expression") && calleeName(n) == "Sprintf":
		before, _, found := strings.Cut(u.beginning(n), "%")
		return found && openStart.MatchString(before) && u.leads(arguments(n, 1), depth+1)
	}
	return u.isTainted(n)
}

var openStart = regexp.MustCompile(`^(?:https?:)?(?://)?$`)
