package lockfile

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// newlines finds the line of many offsets of one text.
type newlines struct {
	text []byte
	ends []int
}

func newLines(text []byte) *newlines {
	n := &newlines{text: text, ends: make([]int, 0, len(text)/40)}
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return n
		}
		n.ends = append(n.ends, at+i)
		at += i + 1
	}
}

// line returns the line of an offset, from 1.
func (n *newlines) line(offset int) int {
	i, _ := slices.BinarySearch(n.ends, offset)
	return i + 1
}

// place returns the line and the column of an offset, from 1; the column
// counts characters.
func (n *newlines) place(offset int) (int, int) {
	offset = min(max(offset, 0), len(n.text))
	i, _ := slices.BinarySearch(n.ends, offset)
	start := 0
	if i > 0 {
		start = n.ends[i-1] + 1
	}
	return i + 1, 1 + utf8.RuneCount(n.text[start:offset])
}
