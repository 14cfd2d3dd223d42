package lex

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// Kind is what a byte of a file belongs to.
type Kind int

// The kinds. A file in which texts need no quotes, such as YAML, has code
// where others have texts.
const (
	Code Kind = iota
	Text
	Remark
)

// Span is a text or a remark, with its quotes and signs.
type Span struct {
	From, To int
	Kind     Kind
}

// Spans are the texts and remarks of a file, in order.
type Spans []Span

// At returns the kind of a byte, and its text or remark.
func (s Spans) At(offset int) Span {
	i, found := slices.BinarySearchFunc(s, offset, func(x Span, at int) int {
		switch {
		case x.To <= at:
			return -1
		case x.From > at:
			return 1
		}
		return 0
	})
	if !found {
		return Span{Kind: Code, From: offset, To: offset}
	}
	return s[i]
}

// family is how a language writes its remarks and texts.
type family struct {
	line     []string // begin a remark that ends with the line
	blocks   [][2]string
	quotes   string // signs around a text on one line
	long     string // signs around a text of many lines
	triple   bool   // three quotes in a row are a text of many lines
	spaced   bool   // # begins a remark only after a space
	noEscape bool   // a backslash stands for itself
}

// Known reports whether the language of a file is known well enough that a name
// which is neither in quotes nor a setting counts for nothing.
func Known(name string) bool { _, code := familyOf(name); return code }

var (
	slashes = [][2]string{{"/*", "*/"}}
	angles  = [][2]string{{"<!--", "-->"}}
)

// familyOf returns the family, and whether it is a programming language.
func familyOf(name string) (family, bool) {
	base := strings.ToLower(path.Base(name))
	switch ext := path.Ext(base); ext {
	case ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".go":
		return family{line: []string{"//"}, blocks: slashes, quotes: `"'`, long: "`"}, true
	case ".java", ".kt", ".kts", ".scala", ".groovy", ".cs", ".rs", ".swift", ".c", ".h", ".cc", ".cpp", ".hpp", ".m", ".dart":
		return family{line: []string{"//"}, blocks: slashes, quotes: `"'`, triple: true}, true
	case ".bicep", ".proto", ".prisma", ".gradle", ".scss", ".less", ".graphql", ".gql":
		f := family{line: []string{"//"}, blocks: slashes, quotes: `"'`, triple: true}
		if ext == ".graphql" || ext == ".gql" {
			f.line, f.blocks = []string{"#"}, nil
		}
		return f, false
	case ".css":
		return family{blocks: slashes, quotes: `"'`}, false
	case ".php":
		return family{line: []string{"//", "#"}, blocks: slashes, quotes: `"'`}, true
	case ".json", ".jsonc", ".json5", ".webmanifest":
		return family{line: []string{"//"}, blocks: slashes, quotes: `"`}, false
	case ".tf", ".tfvars", ".hcl":
		return family{line: []string{"#", "//"}, blocks: slashes, quotes: `"`}, false
	case ".py", ".pyi":
		return family{line: []string{"#"}, quotes: `"'`, triple: true}, true
	case ".rb", ".ex", ".exs", ".pl", ".r", ".jl":
		return family{line: []string{"#"}, quotes: `"'`, spaced: true}, true
	case ".lua", ".hs", ".elm":
		return family{line: []string{"--"}, quotes: `"'`}, true
	case ".sql":
		return family{line: []string{"--"}, blocks: slashes, quotes: `'"`, noEscape: true}, false
	case ".html", ".htm", ".xml", ".config", ".csproj", ".props", ".xaml", ".hbs", ".ejs", ".vue", ".svelte", ".astro", ".cshtml", ".jsp", ".erb", ".njk", ".tmpl":
		return family{blocks: angles}, false
	case ".ini", ".properties", ".cfg", ".conf":
		return family{line: []string{"#", ";"}, spaced: true}, false
	}
	return family{line: []string{"#"}, quotes: `"'`, spaced: true}, false
}

// Read tells texts and remarks apart. It never fails: a text that does not end
// ends with its line, or with the file if it may be long.
func Read(name string, text []byte) Spans {
	f, _ := familyOf(name)
	l := lexer{family: f, text: text}
	for l.at < len(text) {
		l.next()
	}
	return l.out
}

type lexer struct {
	family
	text []byte
	at   int
	out  Spans
}

func (l *lexer) add(to int, k Kind) {
	to = min(to, len(l.text))
	l.out = append(l.out, Span{l.at, to, k})
	l.at = to
}

func (l *lexer) next() {
	rest := l.text[l.at:]
	for _, b := range l.blocks {
		if hasPrefix(rest, b[0]) {
			end := bytes.Index(rest[len(b[0]):], []byte(b[1]))
			if end < 0 {
				l.add(len(l.text), Remark)
				return
			}
			l.add(l.at+len(b[0])+end+len(b[1]), Remark)
			return
		}
	}
	for _, s := range l.line {
		if hasPrefix(rest, s) && (!l.spaced || l.at == 0 || bytes.IndexByte([]byte(" \t\n\r"), l.text[l.at-1]) >= 0) {
			l.add(l.at+lineEnd(rest), Remark)
			return
		}
	}
	c := rest[0]
	switch {
	case l.triple && len(rest) >= 3 && (c == '"' || c == '\'' && strings.ContainsRune(l.quotes, '\'')) && rest[1] == c && rest[2] == c:
		l.tripled(rest, c)
	case strings.IndexByte(l.long, c) >= 0:
		l.add(l.at+closing(rest, c, len(rest), true), Text)
	case strings.IndexByte(l.quotes, c) >= 0:
		l.quoted(rest, c)
	default:
		l.at++
	}
}

// tripled takes a text of many lines. One that stands alone is a remark.
func (l *lexer) tripled(rest []byte, c byte) {
	end := bytes.Index(rest[3:], []byte{c, c, c})
	to := len(l.text)
	if end >= 0 {
		to = l.at + end + 6
	}
	before := bytes.TrimRight(l.text[bytes.LastIndexByte(l.text[:l.at], '\n')+1:l.at], " \t")
	if len(before) == 0 && !bytes.HasSuffix(bytes.TrimSpace(l.text[:l.at]), []byte("(")) && !bytes.HasSuffix(bytes.TrimSpace(l.text[:l.at]), []byte("=")) {
		l.add(to, Remark)
		return
	}
	l.add(to, Text)
}

// quoted takes a text on one line. A quote that nothing closes is a plain sign.
func (l *lexer) quoted(rest []byte, c byte) {
	end := closing(rest, c, lineEnd(rest), !l.noEscape)
	if end == 0 {
		l.at++
		return
	}
	l.add(l.at+end, Text)
}

// closing returns where a text ends that begins with c, or 0 if it does not end
// before limit and may not be open. A long text without an end takes all.
func closing(rest []byte, c byte, limit int, escapes bool) int {
	for i := 1; i < limit; i++ {
		switch {
		case escapes && rest[i] == '\\':
			i++
		case rest[i] == c:
			return i + 1
		}
	}
	if limit == len(rest) && c == '`' {
		return limit
	}
	return 0
}

func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i
	}
	return len(b)
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
