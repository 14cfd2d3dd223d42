package report

import (
	"strings"

	"golang.org/x/text/width"
)

// columns returns how many columns of a terminal a text takes. Escape codes
// for colour take none, wide characters two.
func columns(s string) int {
	n, escape := 0, false
	for _, r := range s {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			n += columnsOf(r)
		}
	}
	return n
}

func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut shortens a text without escape codes to a number of columns.
func cut(s string, most int) string {
	if columns(s) <= most {
		return s
	}
	var b strings.Builder
	n := 3
	for _, r := range s {
		if n += columnsOf(r); n > most {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "..."
}

// splitWide breaks words that are wider than a line.
func splitWide(words []string, most int) []string {
	var out []string
	for _, w := range words {
		for columns(w) > most && !strings.Contains(w, "\x1b") {
			head := ""
			n := 0
			for _, r := range w {
				if n += columnsOf(r); n > most {
					break
				}
				head += string(r)
			}
			if head == "" {
				break
			}
			out = append(out, head)
			w = w[len(head):]
		}
		out = append(out, w)
	}
	return out
}
