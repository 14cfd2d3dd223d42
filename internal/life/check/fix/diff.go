package fix

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

const context = 3

// diff writes one file as a unified diff. Edits are few and far between, so it
// needs no search for the shortest one: lines that are the same before and after
// are found by walking both sides at once.
func diff(f File) string {
	a, b := split(f.before), split(f.after)
	name := findings.Clean(f.Path, 400)
	from, to := "a/"+name, "b/"+name
	if f.New {
		from = "/dev/null"
	}
	if f.Gone {
		to = "/dev/null"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, to)
	for _, h := range hunks(script(a, b)) {
		h.write(&out)
	}
	return out.String()
}

// step is a line that stays (' '), goes ('-') or comes ('+').
type step struct {
	kind byte
	text []byte
	a, b int // the numbers of the line on either side, from 1
}

// script walks both sides: where they part it looks for the nearest line at
// which they meet again.
func script(a, b [][]byte) []step {
	var out []step
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		if i < len(a) && j < len(b) && bytes.Equal(a[i], b[j]) {
			out = append(out, step{' ', a[i], i + 1, j + 1})
			i, j = i+1, j+1
			continue
		}
		di, dj := meet(a[i:], b[j:])
		for range di {
			out = append(out, step{'-', a[i], i + 1, j + 1})
			i++
		}
		for range dj {
			out = append(out, step{'+', b[j], i + 1, j + 1})
			j++
		}
	}
	return out
}

func meet(a, b [][]byte) (int, int) {
	for sum := 1; sum < min(len(a)+len(b), 400); sum++ {
		for i := 0; i <= sum; i++ {
			if j := sum - i; i < len(a) && j < len(b) && bytes.Equal(a[i], b[j]) {
				return i, j
			}
		}
	}
	return len(a), len(b)
}

type hunk []step

// hunks cuts a script into parts with three lines around each change.
func hunks(all []step) []hunk {
	var out []hunk
	last := -1 // the last step that is in a hunk
	for i, s := range all {
		if s.kind == ' ' {
			continue
		}
		from := max(0, i-context)
		if len(out) == 0 || from > last+1 {
			out = append(out, nil)
		} else {
			from = last + 1
		}
		to := min(len(all), i+context+1)
		if to > from {
			out[len(out)-1] = append(out[len(out)-1], all[from:to]...)
			last = to - 1
		}
	}
	return out
}

func (h hunk) write(out *strings.Builder) {
	var na, nb int
	for _, s := range h {
		if s.kind != '+' {
			na++
		}
		if s.kind != '-' {
			nb++
		}
	}
	a, b := h[0].a, h[0].b
	if na == 0 {
		a--
	}
	if nb == 0 {
		b--
	}
	fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n", a, na, b, nb)
	for _, s := range h {
		line, ended := bytes.CutSuffix(s.text, []byte("\n"))
		out.WriteByte(s.kind)
		out.WriteString(findings.Clean(string(line), 2000))
		out.WriteByte('\n')
		if !ended {
			out.WriteString("\\ No newline at end of file\n")
		}
	}
}
