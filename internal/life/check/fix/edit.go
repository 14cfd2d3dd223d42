package fix

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// What keeps edits from being made.
var (
	errChanged = errors.New("the file is not as it was when it was checked")
	errOverlap = errors.New("two steps change the same place")
	errUTF16   = errors.New("the file is in UTF-16, which is not changed by a program")
	errShape   = errors.New("a step is not one that can be done")
)

// Text makes all edits of one file in its text. present says whether there is a
// file. It returns the new text, and false if the file is to go. Lines and columns
// count in the text as it is given, so the order of the edits does not matter, but
// for lines that are added at one place.
func Text(text []byte, present bool, edits []core.Edit) (out []byte, stays bool, err error) {
	edits = slices.Clone(edits)
	bom := []byte("\xef\xbb\xbf") // columns do not count it
	text, marked := bytes.CutPrefix(text, bom)
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return nil, false, errUTF16
	}
	lines := split(text)
	for _, e := range edits {
		if e.Kind == core.EditRemove {
			if len(edits) > 1 || !present {
				return nil, false, errOverlap
			}
			return nil, false, nil
		}
	}
	// from the end, so that what is still to do keeps its place; lines that are
	// added after one line are put in last first, so that they end in their order
	slices.SortStableFunc(edits, func(a, b core.Edit) int {
		if a.Kind == core.EditAdd && b.Kind == core.EditAdd && a.Line == b.Line {
			return 0
		}
		return -cmp.Or(cmp.Compare(at(a, lines), at(b, lines)), cmp.Compare(a.Column, b.Column))
	})
	for from := 0; from < len(edits); {
		to := from + 1
		for to < len(edits) && edits[to].Kind == core.EditAdd && edits[from].Kind == core.EditAdd && edits[to].Line == edits[from].Line {
			to++
		}
		if edits[from].Line > 0 {
			slices.Reverse(edits[from:to])
		}
		from = to
	}
	last := core.Edit{}
	for i, e := range edits {
		if i > 0 && overlap(e, last) {
			return nil, false, errOverlap
		}
		if lines, err = one(lines, e, present); err != nil {
			return nil, false, err
		}
		last = e
	}
	if out = bytes.Join(lines, nil); marked {
		out = slices.Concat(bom, out)
	}
	return out, true, nil
}

// at is where an edit stands: a line that is added comes after its line.
func at(e core.Edit, lines [][]byte) int {
	switch {
	case e.Kind == core.EditAdd && e.Line == 0:
		return 2*len(lines) + 2
	case e.Kind == core.EditAdd:
		return 2*e.Line + 1
	}
	return 2 * e.Line
}

// overlap reports whether two neighbours, the later one first made, are about
// the same text.
func overlap(e, later core.Edit) bool {
	if e.Kind == core.EditAdd || later.Kind == core.EditAdd || e.Line != later.Line {
		return false
	}
	return e.Kind == core.EditDelete || later.Kind == core.EditDelete || e.End > later.Column
}

// one makes one edit.
func one(lines [][]byte, e core.Edit, present bool) ([][]byte, error) {
	if e.Kind == core.EditAdd && !bytes.ContainsAny([]byte(e.New), "\r\n") {
		return add(lines, e)
	}
	if !present || e.Line < 1 || e.Line > len(lines) {
		return nil, errChanged
	}
	switch e.Kind {
	case core.EditDelete:
		return slices.Delete(lines, e.Line-1, e.Line), nil
	case core.EditReplace:
		line, err := replace(lines[e.Line-1], e)
		if err != nil {
			return nil, err
		}
		lines[e.Line-1] = line
		return lines, nil
	}
	return nil, errShape
}

func add(lines [][]byte, e core.Edit) ([][]byte, error) {
	n := e.Line
	if n < 0 || n > len(lines) {
		return nil, errChanged
	}
	end := ending(lines)
	if n == 0 {
		n = len(lines)
	}
	if n > 0 && n == len(lines) && !bytes.HasSuffix(lines[n-1], []byte("\n")) {
		lines[n-1] = append(bytes.Clone(lines[n-1]), end...)
	}
	return slices.Insert(lines, n, append([]byte(e.New), end...)), nil
}

// ending is how the lines of a file end: as its first one does.
func ending(lines [][]byte) []byte {
	if len(lines) > 0 && bytes.HasSuffix(lines[0], []byte("\r\n")) {
		return []byte("\r\n")
	}
	return []byte("\n")
}

func replace(line []byte, e core.Edit) ([]byte, error) {
	if bytes.ContainsAny([]byte(e.New), "\r\n") || e.Column < 1 || e.End < e.Column {
		return nil, errShape
	}
	body := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	from, ok := offset(body, e.Column)
	to, ok2 := offset(body, e.End)
	if !ok || !ok2 || e.Old != "" && string(body[from:to]) != e.Old {
		return nil, errChanged
	}
	return slices.Concat(body[:from], []byte(e.New), body[to:], line[len(body):]), nil
}

// offset turns a column, from 1 and in characters, into an offset.
func offset(line []byte, column int) (int, bool) {
	at := 0
	for range column - 1 {
		if at >= len(line) {
			return 0, false
		}
		_, n := utf8.DecodeRune(line[at:])
		at += n
	}
	return at, true
}

// split cuts text into lines with their ends.
func split(text []byte) [][]byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	if n := len(lines); len(lines[n-1]) == 0 {
		return lines[:n-1]
	}
	return lines
}
