package script

import (
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2/js"
)

// Text returns the value of a string literal, or of a template without
// values in it.
func Text(n js.IExpr) (string, bool) {
	switch n := n.(type) {
	case *js.LiteralExpr:
		if n.TokenType == js.StringToken && len(n.Data) >= 2 {
			return unquote(string(n.Data[1 : len(n.Data)-1])), true
		}
	case *js.TemplateExpr:
		if len(n.List) == 0 && n.Tag == nil && len(n.Tail) >= 2 {
			return unquote(strings.Trim(string(n.Tail), "`")), true
		}
	case *js.GroupExpr:
		return Text(n.X)
	}
	return "", false
}

// TemplateTexts returns the fixed parts of a template, in order: one more than
// it has values.
func TemplateTexts(n *js.TemplateExpr) []string {
	out := make([]string, 0, len(n.List)+1)
	for _, p := range n.List {
		s := strings.TrimSuffix(string(p.Value), "${")
		out = append(out, unquote(strings.TrimLeft(s, "`}")))
	}
	return append(out, unquote(strings.TrimSuffix(strings.TrimPrefix(string(n.Tail), "}"), "`")))
}

var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", 'b': "\b", 'f': "\f", 'v': "\v", '0': "\x00", '\n': ""}

// unquote resolves JavaScript's escapes.
func unquote(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		n := 0
		switch {
		case s[i] == 'x':
			n = hexRune(&b, s[i+1:], 2)
		case s[i] == 'u' && strings.HasPrefix(s[i+1:], "{"):
			if end := strings.IndexByte(s[i:], '}'); end > 2 {
				hexRune(&b, s[i+2:i+end], end-2)
				n = end
			}
		case s[i] == 'u':
			n = hexRune(&b, s[i+1:], 4)
		default:
			if e, ok := escapes[s[i]]; ok {
				b.WriteString(e)
			} else {
				b.WriteByte(s[i])
			}
		}
		i += n
	}
	return b.String()
}

// hexRune writes the character of n hexadecimal digits and returns n, or 0
// when there are none.
func hexRune(b *strings.Builder, s string, n int) int {
	if len(s) < n {
		return 0
	}
	v, err := strconv.ParseUint(s[:n], 16, 32)
	if err != nil {
		return 0
	}
	b.WriteRune(rune(v))
	return n
}

// Name returns the name of a variable, or the empty text.
func Name(n js.IExpr) string {
	if v, ok := n.(*js.Var); ok {
		return string(v.Name())
	}
	return ""
}

// Member returns the object and the name of x.name and x["name"], and where
// the name stands.
func Member(n js.IExpr) (object js.IExpr, name string, data []byte) {
	switch n := n.(type) {
	case *js.DotExpr:
		if l, ok := n.Y.(js.LiteralExpr); ok {
			return n.X, string(l.Data), l.Data
		}
	case *js.IndexExpr:
		if s, ok := Text(n.Y); ok {
			if l, ok := n.Y.(*js.LiteralExpr); ok {
				return n.X, s, l.Data
			}
		}
	case *js.GroupExpr:
		return Member(n.X)
	}
	return nil, "", nil
}

// Key returns the fixed name of a property and where it stands.
func Key(p *js.Property) (name string, data []byte) {
	if p.Name == nil || p.Name.IsComputed() {
		return "", nil
	}
	l := &p.Name.Literal
	if s, ok := Text(l); ok {
		return s, l.Data
	}
	return string(l.Data), l.Data
}
