package microapp

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// Append returns the edits that put values at the end of the list at a path,
// each as it is to stand in the file on one line. A list that is not there is
// made if it is one of the file's own keys. It returns nil where no edit is
// exact: the edits are tried, and the list must then be longer by the values and
// all else as it was.
func (f File) Append(values []string, path ...string) []core.Edit {
	edits := f.append(values, path)
	if len(edits) == 0 || len(f.Text) > maxSize {
		return nil
	}
	var doc yaml.Node
	if yaml.Unmarshal(f.after(edits), &doc) != nil || len(doc.Content) != 1 {
		return nil
	}
	was, now := f.root, doc.Content[0]
	for _, p := range path {
		was, now = child(was, p), child(now, p)
	}
	more := len(values)
	if was != nil {
		more += len(was.Content)
	}
	if now == nil || now.Kind != yaml.SequenceNode || len(now.Content) != more || count(doc.Content[0]) < count(f.root)+len(values) {
		return nil
	}
	return edits
}

// count counts the parts of a node.
func count(n *yaml.Node) int {
	sum := 1
	for _, c := range n.Content {
		sum += count(c)
	}
	return sum
}

// after is the file's text as the edits leave it.
func (f File) after(edits []core.Edit) []byte {
	lines := strings.Split(string(f.Text), "\n")
	for _, e := range edits {
		switch {
		case e.Kind == core.EditReplace:
			l := []rune(lines[e.Line-1])
			lines[e.Line-1] = string(l[:e.Column-1]) + e.New + string(l[e.End-1:])
		case e.Line == 0:
			lines = slices.Insert(lines, len(lines)-1, e.New)
		default:
			lines = slices.Insert(lines, e.Line, e.New)
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

func (f File) append(values, path []string) []core.Edit {
	if f.root == nil || f.root.Kind != yaml.MappingNode || len(values) == 0 {
		return nil
	}
	n, key := f.root, (*yaml.Node)(nil)
	for _, p := range path {
		if key, n = keyOf(n, p), child(n, p); n == nil {
			break
		}
	}
	switch {
	case n == nil && len(path) == 1:
		if !strings.HasSuffix(string(f.Text), "\n") && len(f.Text) > 0 || blockEnd(f.root) {
			return nil
		}
		return []core.Edit{{Kind: core.EditAdd, Path: Name, New: fmt.Sprintf("%s: [%s]", path[0], strings.Join(values, ", "))}}
	case n == nil:
		return nil
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Value == "" && key != nil:
		col := key.Column + utf8.RuneCountInString(key.Value)
		if line := []rune(string(f.Line(key.Line))); len(line) < col || line[col-1] != ':' {
			return nil
		}
		return []core.Edit{{Kind: core.EditReplace, Path: Name, Line: key.Line, Column: key.Column, End: col + 1, Old: key.Value + ":", New: fmt.Sprintf("%s: [%s]", key.Value, strings.Join(values, ", "))}}
	case n.Kind != yaml.SequenceNode || n.Anchor != "" || n.Alias != nil:
		return nil
	case n.Style&yaml.FlowStyle != 0:
		return f.appendFlow(n, values)
	}
	return f.appendBlock(n, values)
}

// appendFlow puts values before the bracket that closes a list on one line.
func (f File) appendFlow(n *yaml.Node, values []string) []core.Edit {
	line := []rune(string(f.Line(n.Line)))
	depth := 0
	for i := n.Column - 1; i < len(line); i++ {
		switch line[i] {
		case '"', '\'', '#':
			return nil // quotes may hold brackets
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth > 0 {
				continue
			}
			text := strings.Join(values, ", ") + "]"
			if len(n.Content) > 0 {
				text = ", " + text
			}
			return []core.Edit{{Kind: core.EditReplace, Path: Name, Line: n.Line, Column: i + 1, End: i + 2, Old: "]", New: text}}
		}
	}
	return nil
}

// appendBlock puts a line for each value after the last line of a list.
func (f File) appendBlock(n *yaml.Node, values []string) []core.Edit {
	if blockEnd(n) {
		return nil
	}
	last := lastLine(n)
	if strings.Count(string(f.Line(last)), "[") != strings.Count(string(f.Line(last)), "]") || strings.Count(string(f.Line(last)), "{") != strings.Count(string(f.Line(last)), "}") {
		return nil // goes on in the next line
	}
	indent := strings.Repeat(" ", n.Column-1)
	if !strings.HasPrefix(string(f.Line(n.Content[0].Line)), indent+"-") {
		return nil
	}
	var out []core.Edit
	for _, v := range values {
		out = append(out, core.Edit{Kind: core.EditAdd, Path: Name, Line: last, New: indent + "- " + v})
	}
	return out
}

// Replace returns the edit that gives the value at a path another text, or nil
// where it is not exact.
func (f File) Replace(old, now string, path ...string) []core.Edit {
	line, col := f.Place(path...)
	r := []rune(string(f.Line(line)))
	n := utf8.RuneCountInString(old)
	if line == 0 || old == "" || col-1+n > len(r) || string(r[col-1:col-1+n]) != old {
		return nil
	}
	return []core.Edit{{Kind: core.EditReplace, Path: Name, Line: line, Column: col, End: col + n, Old: old, New: now}}
}

func keyOf(n *yaml.Node, key string) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i]
		}
	}
	return nil
}

// lastLine is the last line on which a part of a node begins.
func lastLine(n *yaml.Node) int {
	line := n.Line
	for _, c := range n.Content {
		line = max(line, lastLine(c))
	}
	return line
}

// blockEnd reports whether the last part of a node is a text of many lines, so
// that nobody can tell where it ends.
func blockEnd(n *yaml.Node) bool {
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	return n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
}
