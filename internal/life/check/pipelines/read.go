package pipelines

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// read parses a file, after mending what can be mended in memory; what was
// mended is a finding.
func (c *checker) read(f tree.File, k kind) *file {
	c.res.Seen.Files++
	c.res.Seen.Bytes += int64(len(f.Text))
	lines := strings.Split(string(f.Text), "\n")
	lines, mended := c.dashes(f, lines)
	text, shifts := f, (*shift)(nil)
	if mended {
		text = tree.File{Path: f.Path, Text: []byte(strings.Join(lines, "\n"))}
		shifts = unmoved(f, len(lines))
	}
	if k == workflowFile {
		if better, moved := indented(lines); moved != nil {
			text = tree.File{Path: f.Path, Text: []byte(strings.Join(better, "\n"))}
			shifts = moved
			shifts.original = f
			if len(moved.lines) > len(lines) {
				c.add(findings.New("pipeline_part_only", findings.At{Path: f.Path, Line: 1, Column: 1, Quote: f.Quote(1, 1), Key: "part"}, "path", f.Path))
			} else {
				c.add(flat(f, shifts))
			}
		}
	}
	doc, fault := yamltree.Parse(text)
	out := &file{Doc: doc, kind: k, shift: shifts, lines: strings.Split(strings.ReplaceAll(string(text.Text), "\r\n", "\n"), "\n")}
	switch {
	case fault != nil && fault.Bound:
		c.res.Missed("%s was not read: %s", f.Path, fault.Text)
		doc.Roots = nil
	case fault != nil:
		at := out.spot(max(1, fault.Line), 1)
		at.Details = fault.Text
		c.add(findings.New("pipeline_unreadable", at, "path", f.Path))
		doc.Roots = nil
	case len(doc.Roots) == 0:
		c.add(findings.New("pipeline_empty", findings.At{Path: f.Path, Key: "empty"}, "path", f.Path))
	}
	return out
}

// flat is the finding for indentation that was lost.
func flat(f tree.File, s *shift) core.Finding {
	at := findings.At{Path: f.Path, Key: "indentation"}
	for i, from := range s.lines {
		if s.columns[i] == 0 || from == 0 {
			continue
		}
		first := []rune(string(f.Line(from)))
		if len(first) == 0 {
			continue
		}
		if at.Line == 0 {
			at.Line, at.Column, at.Quote = from, 1, f.Quote(from, 1)
		}
		at.Edits = append(at.Edits, core.Edit{Kind: core.EditReplace, Path: f.Path, Line: from, Column: 1, End: 2, Old: string(first[0]), New: indent(s.columns[i]+1) + string(first[0])})
	}
	return findings.New("pipeline_indent", at, "path", f.Path)
}

func unmoved(f tree.File, n int) *shift {
	s := &shift{original: f, lines: make([]int, n), columns: make([]int, n)}
	for i := range s.lines {
		s.lines[i] = i + 1
	}
	return s
}
