package lex

import (
	"bytes"
	"strings"
)

// Words splits a name as people write it in code: AWS_DEFAULT_REGION,
// primaryRegion and topology.kubernetes.io/zone into small words.
func Words(name string) []string {
	var out []string
	start := 0
	cut := func(to int) {
		if to > start {
			out = append(out, strings.ToLower(name[start:to]))
		}
		start = to
	}
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case !letter(c) && !digit(c):
			cut(i)
			start = i + 1
		case i > start && upper(c) && (!upper(name[i-1]) || i+1 < len(name) && letter(name[i+1]) && !upper(name[i+1])):
			cut(i)
		}
	}
	cut(len(name))
	return out
}

// LastName returns the name at the end of text, as in `x.region` or
// `"region"`, and what is before it.
func LastName(b []byte) (name string, before []byte) {
	b = bytes.TrimRight(b, " \t?!") // region?: and region! are of languages with types
	if n := len(b); n > 1 && (b[n-1] == '"' || b[n-1] == '\'' || b[n-1] == '`') {
		if i := bytes.LastIndexByte(b[:n-1], b[n-1]); i >= 0 && n-i < 120 && bytes.IndexByte(b[i:n], '\n') < 0 {
			return string(b[i+1 : n-1]), b[:i]
		}
	}
	if bytes.HasSuffix(b, []byte("]")) { // env["AWS_REGION"]
		if i := bytes.LastIndexByte(b, '['); i >= 0 && len(b)-i < 120 {
			return strings.Trim(string(b[i+1:len(b)-1]), `"'`), b[:i]
		}
	}
	i := len(b)
	for i > 0 && nameByte(b[i-1]) {
		i--
	}
	name = strings.TrimLeft(string(b[i:]), "-./@")
	return name, b[:i]
}

// Opening returns where the innermost bracket that is open at the end of text
// was opened.
func Opening(b []byte) (int, bool) {
	depth := 0
	for i := len(b) - 1; i >= 0; i-- {
		switch b[i] {
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			if depth--; depth < 0 {
				return i, true
			}
		}
	}
	return 0, false
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || upper(c) }
func upper(c byte) bool  { return c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
func nameByte(c byte) bool {
	return letter(c) || digit(c) || c == '_' || c == '-' || c == '.' || c == '/' || c == '$' || c == '@'
}
