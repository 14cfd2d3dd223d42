package pipelines

import (
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// shift leads places in a mended text back to the text as it was.
type shift struct {
	original tree.File
	lines    []int // for each line of the mended text, its line in the original; 0 for one that was put in
	columns  []int // by how many characters each line was moved to the right
}

// back returns the place in the original. Lines that were put in lead to 0:0.
func (s *shift) back(line, column int) (int, int) {
	if s == nil {
		return line, column
	}
	if line < 1 || line > len(s.lines) || s.lines[line-1] == 0 {
		return 0, 0
	}
	return s.lines[line-1], max(1, column-s.columns[line-1])
}

// at is where a finding about a node stands, in the file as it is.
func (f *file) at(n *yaml.Node) findings.At {
	if n == nil {
		return f.spot(1, 1)
	}
	return f.spot(n.Line, n.Column)
}

// spot is where a finding stands, by line and column of the text that was read.
func (f *file) spot(line, column int) findings.At {
	line, column = f.shift.back(line, column)
	src := f.File
	if f.shift != nil {
		src = f.shift.original
	}
	return findings.At{Path: src.Path, Line: line, Column: column, Quote: src.Quote(line, column)}
}

// line returns a line of the text that was read.
func (f *file) line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// replace is the edit that puts new text in place of old in a line, from a
// column on. It reports false when old does not stand there, or when the text
// was mended: its places are not those of the file.
func (f *file) replace(line, column int, old, new string) (core.Edit, bool) {
	runes := []rune(f.line(line))
	if f.shift != nil || column < 1 || column > len(runes) || old == "" {
		return core.Edit{}, false
	}
	before, rest := string(runes[:column-1]), string(runes[column-1:])
	i := strings.Index(rest, old)
	if i < 0 {
		return core.Edit{}, false
	}
	from := 1 + len([]rune(before)) + len([]rune(rest[:i]))
	return core.Edit{Kind: core.EditReplace, Path: f.File.Path, Line: line, Column: from, End: from + len([]rune(old)), Old: old, New: new}, true
}

// after is the edit that adds lines after a line, in order.
func (f *file) after(line int, lines ...string) []core.Edit {
	if f.shift != nil || line < 1 {
		return nil
	}
	out := make([]core.Edit, len(lines))
	for i, text := range lines {
		out[i] = core.Edit{Kind: core.EditAdd, Path: f.File.Path, Line: line, New: text}
	}
	return out
}

// scalarOnOneLine reports whether a node's text stands on its own line as it
// is, so that it can be replaced there.
func scalarOnOneLine(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.ScalarNode && n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 && !strings.Contains(n.Value, "\n")
}

// indent is n spaces, for a column.
func indent(column int) string { return strings.Repeat(" ", max(0, column-1)) }
