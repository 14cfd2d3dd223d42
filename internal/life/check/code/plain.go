package code

import (
	"bytes"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
)

// part is a statement, an instruction or a line of a text, put into one line.
type part struct {
	text   string
	offset int
}

// plain applies the clauses that need no syntax tree.
func plain(text []byte, ready *clauses) []hit {
	var hits []hit
	try := func(cs []*clause, parts func([]byte) []part) {
		if len(cs) == 0 {
			return
		}
		for _, p := range parts(text) {
			t := rulebook.NewText([]byte(p.text))
			for _, c := range cs {
				if clauseOf(c, t) && !excepted(c, t) {
					hits = append(hits, hit{c: c, offset: p.offset, name: firstWords(p.text)})
				}
			}
		}
	}
	try(ready.statements, statements)
	try(ready.instructions, instructions)
	try(ready.lines, lines)
	return hits
}

func clauseOf(c *clause, t *rulebook.Text) bool {
	switch {
	case c.Statement.Set():
		return c.Statement.In(t)
	case c.Instruction.Set():
		return c.Instruction.In(t)
	}
	return c.Line.In(t)
}

func excepted(c *clause, t *rulebook.Text) bool {
	return c.Value != nil && c.Value.Not != nil && c.Value.Not.Code.In(t)
}

func firstWords(s string) string {
	w := strings.Fields(s)
	return strings.Join(w[:min(len(w), 3)], " ")
}

// lines returns the lines of a text, without those that are very long.
func lines(text []byte) []part {
	var out []part
	for at := 0; at < len(text); {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		line := text[at : at+end]
		trimmed := bytes.TrimLeft(line, " \t")
		if len(trimmed) > 0 && len(line) < 4_000 {
			out = append(out, part{string(trimmed), at + len(line) - len(trimmed)})
		}
		at += end + 1
	}
	return out
}

// instructions returns a Dockerfile's instructions: continued lines in one,
// comments left out.
func instructions(text []byte) []part {
	var out []part
	var now strings.Builder
	from := -1
	for _, l := range lines(text) {
		if strings.HasPrefix(l.text, "#") {
			continue
		}
		if from < 0 {
			from = l.offset
		}
		s := strings.TrimRight(l.text, " \t\r")
		if rest, more := strings.CutSuffix(s, `\`); more && now.Len() < 100_000 {
			now.WriteString(rest + " ")
			continue
		}
		now.WriteString(s)
		out = append(out, part{now.String(), from})
		now.Reset()
		from = -1
	}
	if from >= 0 {
		out = append(out, part{now.String(), from})
	}
	return out
}

// statements cuts an SQL text at its semicolons, without comments; spaces are
// one space each, and what stands in quotes stays.
func statements(text []byte) []part {
	var out []part
	var now strings.Builder
	from := -1
	flush := func() {
		if s := strings.TrimSpace(now.String()); s != "" {
			out = append(out, part{s, from})
		}
		now.Reset()
		from = -1
	}
	for i := 0; i < len(text); i++ {
		switch end := skip(text, i); {
		case end > i && text[i] != '\'' && text[i] != '"' && text[i] != '$': // a comment
			now.WriteByte(' ')
			i = end - 1
		case end > i:
			if from < 0 {
				from = i
			}
			now.Write(bytes.Join(bytes.Fields(text[i:end]), []byte(" ")))
			i = end - 1
		case text[i] == ';':
			flush()
		case text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r':
			if s := now.String(); s != "" && s[len(s)-1] != ' ' {
				now.WriteByte(' ')
			}
		default:
			if from < 0 {
				from = i
			}
			now.WriteByte(text[i])
		}
	}
	flush()
	return out
}

// skip returns the end of a comment or of something in quotes that begins at
// i, or i.
func skip(text []byte, i int) int {
	rest := text[i:]
	until := func(mark string, from int) int {
		if j := bytes.Index(rest[from:], []byte(mark)); j >= 0 {
			return i + from + j + len(mark)
		}
		return len(text)
	}
	switch {
	case bytes.HasPrefix(rest, []byte("--")):
		return until("\n", 2)
	case bytes.HasPrefix(rest, []byte("/*")):
		return until("*/", 2)
	case rest[0] == '\'':
		return until("'", 1)
	case rest[0] == '"':
		return until(`"`, 1)
	case bytes.HasPrefix(rest, []byte("$$")):
		return until("$$", 2)
	}
	return i
}
