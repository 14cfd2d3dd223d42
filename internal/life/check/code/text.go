package code

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

func isTextNode(n syntax.Node) bool {
	return n.Is("number") && n.Tree().Lang == syntax.Bash || n.Is("string", "template_string", "interpreted_string_literal", "raw_string_literal", "concatenated_string", "raw_string", "word", "ansi_c_string") && n.Named()
}

// fixedText returns the text of a string as written; values in a template
// become a question mark.
func (u *unit) fixedText(n syntax.Node) string {
	switch n.Kind() {
	case "word", "number":
		return n.Text()
	case "raw_string", "ansi_c_string":
		return strings.Trim(n.Text(), "$'")
	case "raw_string_literal":
		return strings.Trim(n.Text(), "`")
	case "interpreted_string_literal":
		return unescaped(strings.TrimSuffix(strings.TrimPrefix(n.Text(), `"`), `"`))
	case "concatenated_string":
		var b strings.Builder
		for c := range n.Children() {
			b.WriteString(u.fixedText(c))
		}
		return b.String()
	case "string", "template_string":
		var b strings.Builder
		for c := range n.Children() {
			switch c.Kind() {
			case "string_fragment", "string_content", "escape_sequence":
				b.WriteString(unescaped(c.Text()))
			case "template_substitution", "interpolation", "simple_expansion", "expansion", "command_substitution":
				b.WriteString("?")
			}
		}
		if u.in == "sh" {
			return strings.Trim(n.Text(), `"`)
		}
		return b.String()
	}
	return ""
}

// unescaped resolves the escapes that matter to patterns: line ends, tabs and
// quotes.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\r`, "\r", `\\`, `\`, `\"`, `"`, `\'`, "'", "\\`", "`").Replace(s)
}

// hasValues reports whether a string has values in it.
func hasValues(n syntax.Node) bool {
	for c := range n.Within() {
		if c.Is("template_substitution", "interpolation", "simple_expansion", "expansion", "command_substitution") {
			return true
		}
	}
	return false
}

// follow leads a name to what it was set to, if that was once and whole.
func (u *unit) follow(n syntax.Node) syntax.Node {
	for range 6 {
		n = unwrapped(n)
		if !n.Is("identifier") {
			return n
		}
		v := u.find(n)
		if v == nil || v.param || len(v.values) != 1 || v.values[0].part || v.values[0].node == n {
			return n
		}
		n = v.values[0].node
	}
	return n
}

// constant returns the text that an expression surely has.
func (u *unit) constant(n syntax.Node) (string, bool) { return u.constantAt(n, 0) }

func (u *unit) constantAt(n syntax.Node, depth int) (string, bool) {
	if depth > 12 || u.tired() {
		return "", false
	}
	n = u.follow(n)
	switch {
	case isTextNode(n):
		return u.fixedText(n), !hasValues(n)
	case n.Is("binary_expression", "binary_operator") && operator(n) == "+":
		a, ok := u.constantAt(n.Field("left"), depth+1)
		b, both := u.constantAt(n.Field("right"), depth+1)
		return a + b, ok && both
	}
	return "", false
}

func operator(n syntax.Node) string { return n.Field("operator").Text() }

// beginning returns the fixed text that an expression surely begins with.
func (u *unit) beginning(n syntax.Node) string { return u.beginningAt(n, 0) }

func (u *unit) beginningAt(n syntax.Node, depth int) string {
	if depth > 12 || u.tired() {
		return ""
	}
	n = u.follow(n)
	switch n.Kind() {
	case "identifier": // set more than once: by what it was first set to
		if v := u.find(n); v != nil && !v.param && len(v.values) > 1 && v.values[0].node != n {
			return u.beginningAt(v.values[0].node, depth+1)
		}
	case "call_expression", "call":
		switch name := calleeName(n); {
		case name == "Sprintf" || name == "text" || name == "raw" || name == "literal":
			return u.beginningAt(arguments(n, 0), depth+1)
		case name == "format" || name == "trim" || name == "strip" || name == "concat":
			return u.beginningAt(receiver(n), depth+1)
		}
		return ""
	case "binary_expression", "binary_operator":
		left := n.Field("left")
		s := u.beginningAt(left, depth+1)
		if c, ok := u.constantAt(left, depth+1); ok && operator(n) == "+" {
			if rest := u.beginningAt(n.Field("right"), depth+1); rest != "" {
				return c + rest
			}
			return c + "?"
		}
		return s
	}
	if isTextNode(n) && !tagged(n) {
		return u.fixedText(n)
	}
	return ""
}

// tagged reports whether a template is given to a tag, such as sql`...`, which
// may bind its values.
func tagged(n syntax.Node) bool {
	return n.Is("template_string") && n.Parent().Is("call_expression") && n.FieldName() == "arguments"
}

// calleeName returns the last name of what is called.
func calleeName(n syntax.Node) string {
	f := n.Field("function")
	if !f.Ok() {
		f = n.Field("constructor")
	}
	return lastNode(f).Text()
}

// lastNode returns the node of the last name of a dotted expression.
func lastNode(n syntax.Node) syntax.Node {
	n = unwrapped(n)
	for _, f := range []string{"property", "attribute", "field"} {
		if c := n.Field(f); c.Ok() && n.Is("member_expression", "attribute", "selector_expression") {
			return c
		}
	}
	if i := n.Field("index"); i.Ok() {
		if isTextNode(i) {
			return i.Child(0)
		}
		return i
	}
	if s := n.Field("subscript"); s.Ok() && isTextNode(s) {
		return s.Child(1)
	}
	switch n.Kind() {
	case "command_name":
		return n.Child(0)
	case "qualified_type":
		return n.Field("name")
	}
	return n
}

// receiver returns the object whose method is called.
func receiver(n syntax.Node) syntax.Node {
	f := unwrapped(n.Field("function"))
	for _, name := range []string{"object", "operand", "value"} {
		if c := f.Field(name); c.Ok() {
			return c
		}
	}
	return syntax.Node{}
}

// arguments returns an argument by its place among those without a keyword.
func arguments(n syntax.Node, i int) syntax.Node {
	if i < 0 {
		count := 0
		for range positional(n) {
			count++
		}
		i += count
	}
	for c := range positional(n) {
		if i == 0 {
			return c
		}
		i--
	}
	return syntax.Node{}
}

// positional yields the arguments of a call or a command that have no keyword.
func positional(n syntax.Node) func(func(syntax.Node) bool) {
	return func(yield func(syntax.Node) bool) {
		if n.Is("command") {
			for c := range n.All() {
				if c.FieldName() == "argument" && !yield(c) {
					return
				}
			}
			return
		}
		list := n.Field("arguments")
		if list.Is("template_string") {
			yield(list)
			return
		}
		for c := range list.Children() {
			if !c.Is("keyword_argument", "dictionary_splat") && !yield(c) {
				return
			}
		}
	}
}
