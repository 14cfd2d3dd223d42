package format

import "strings"

// Value is one value in a file, with what names it.
type Value struct {
	Name     string
	From, To int    // of the value in the text
	At       int    // where the name begins
	Quoted   bool   // between quotes, which are not part of it
	Form     string // the reader that found it
}

const (
	maxName  = 80
	maxValue = 4000
)

// nameAround returns the name of which a word is part.
func nameAround(text string, at int) (from, to int) {
	from, to = at, at
	for from > 0 && at-from < maxName && isName(text[from-1]) {
		from--
	}
	for to < len(text) && to-at < maxName && isName(text[to]) {
		to++
	}
	return from, to
}

func isName(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func skipBlanks(text string, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	return at
}

// quoted reads what stands between quotes from an opening quote on. It reports
// false if it does not end on its line.
func quoted(text string, at int) (from, to int, ok bool) {
	q := text[at]
	if strings.HasPrefix(text[at:], `"""`) || strings.HasPrefix(text[at:], "'''") {
		from = at + 3
		if end := strings.Index(text[from:min(len(text), from+maxValue)], text[at:from]); end >= 0 && !strings.Contains(text[from:from+end], "\n") {
			return from, from + end, true
		}
		return 0, 0, false
	}
	from = at + 1
	for i := from; i < len(text) && i-from < maxValue; i++ {
		switch text[i] {
		case '\\':
			i++
		case '\n':
			return 0, 0, false
		case q:
			return from, i, true
		}
	}
	return 0, 0, false
}

// bare reads a value without quotes up to the end of its line or to one of the
// given bytes; a remark after white space ends it too.
func bare(text string, at int, stop string) (from, to int) {
	to = at
	for to < len(text) && to-at < maxValue && text[to] != '\n' && text[to] != '\r' && (stop == "" || strings.IndexByte(stop, text[to]) < 0) {
		if (text[to] == '#' || text[to] == ';') && to > at && (text[to-1] == ' ' || text[to-1] == '\t') {
			break
		}
		to++
	}
	for to > at && (text[to-1] == ' ' || text[to-1] == '\t') {
		to--
	}
	return at, to
}

// maxLine is how far back the beginning of a line is looked for. A longer line has no
// beginning that would say anything, and looking for it again and again would take long.
const maxLine = 1000

func lineStart(text string, at int) int {
	from := max(0, at-maxLine)
	return from + strings.LastIndexByte(text[from:at], '\n') + 1
}

func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}
