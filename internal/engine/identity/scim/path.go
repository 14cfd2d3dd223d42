package scim

import (
	"strings"
	"unicode/utf8"

	filter "github.com/scim2/filter-parser/v2"
)

// place is where in a resource something stands. Names are in lower case.
type place struct {
	attr  string
	sub   string
	where filter.Expression // which of several values; nil for all
}

// parsePath reads a path of a PATCH, for resources of one schema.
func parsePath(text, schema string) (place, error) {
	if err := shallow(text, maxPath); err != "" {
		return place{}, bad(InvalidPath, "The path %s.", err)
	}
	p, err := filter.ParsePath([]byte(text))
	if err != nil {
		return place{}, bad(InvalidPath, "The path %q cannot be read.", clip(text))
	}
	at := place{attr: strings.ToLower(p.AttributePath.AttributeName), sub: strings.ToLower(p.AttributePath.SubAttributeName()), where: p.ValueExpression}
	if sub := p.SubAttributeName(); sub != "" {
		at.sub = strings.ToLower(sub)
	}
	if uri := p.AttributePath.URI(); uri != "" && !strings.EqualFold(uri, schema) {
		at.attr = strings.ToLower(uri) // an extension, whatever of it
	}
	return at, nil
}

// kind reads where as: type eq "work".
func (p place) kind() (string, bool) {
	name, value, ok := equal(p.where)
	return strings.ToLower(value), ok && name == "type" && value != ""
}

// equal reads an expression of the form: name eq "value".
func equal(e filter.Expression) (name, value string, ok bool) {
	x, isOne := e.(*filter.AttributeExpression)
	if !isOne || x.Operator != filter.EQ || x.AttributePath.SubAttribute != nil {
		return "", "", false
	}
	value, ok = unquote(x.CompareValue)
	return strings.ToLower(x.AttributePath.AttributeName), value, ok
}

// shallow says what is wrong with a text that is too long, or has too many open
// brackets at once, before a parser sees it.
func shallow(text string, most int) string {
	if len(text) > most {
		return "is too long"
	}
	if !utf8.ValidString(text) {
		return "is not UTF-8"
	}
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		}
		if depth > maxNesting {
			return "is nested too deep"
		}
	}
	return ""
}
