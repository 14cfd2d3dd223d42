package tree

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"
)

// File is one text file, as UTF-8.
type File struct {
	Path string
	Text []byte
}

// Ext returns the extension in lower case, with its dot.
func (f File) Ext() string { return strings.ToLower(path.Ext(f.Path)) }

// Place turns an offset into a line and a column, both from 1. The column
// counts characters.
func (f File) Place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(f.Text))
	start := bytes.LastIndexByte(f.Text[:offset], '\n') + 1
	return 1 + bytes.Count(f.Text[:offset], []byte("\n")), 1 + utf8.RuneCount(f.Text[start:offset])
}

// Line returns a line by its number from 1, without its end, or nothing.
func (f File) Line(n int) []byte {
	rest := f.Text
	for i := 1; ; i++ {
		line, after, more := bytes.Cut(rest, []byte("\n"))
		if i == n {
			return bytes.TrimSuffix(line, []byte("\r"))
		}
		if !more || n < 1 {
			return nil
		}
		rest = after
	}
}

// Quote returns a line fit to show: trimmed, and cut around the column when
// it is long.
func (f File) Quote(line, column int) string { return Shorten(string(f.Line(line)), column) }

// Shorten cuts a long line to 120 characters around a column, and trims it.
func Shorten(line string, column int) string {
	const width = 120
	r := []rune(strings.ToValidUTF8(line, "?"))
	if len(r) <= width {
		return strings.TrimSpace(string(r))
	}
	from := min(max(column-1-width/3, 0), len(r)-width)
	out := strings.TrimSpace(string(r[from : from+width]))
	if from > 0 {
		out = "..." + out
	}
	if from+width < len(r) {
		out += "..."
	}
	return out
}
