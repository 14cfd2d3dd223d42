package report

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// wrapped writes text broken at spaces to the width: the first line after
// first spaces, the others after rest.
func (p *printer) wrapped(first, rest int, text string) {
	indent, used, begun := first, 0, false
	p.out.WriteString(strings.Repeat(" ", first))
	for _, word := range splitWide(wordsOf(text), p.width-max(first, rest)) {
		n := columns(word)
		if begun && indent+used+1+n > p.width {
			indent, used, begun = rest, 0, false
			p.out.WriteString("\n" + strings.Repeat(" ", rest))
		}
		if begun {
			p.out.WriteByte(' ')
			used++
		}
		p.out.WriteString(strings.ReplaceAll(word, keptBlank, " "))
		used, begun = used+n, true
	}
	p.out.WriteByte('\n')
}

// keptBlank stands for a blank that must not be lost: one of several in a row
// in text that is to be typed as it stands. No text holds it: it was cleaned.
const keptBlank = "\x00"

// wordsOf splits a text at its blanks. What stands between back quotes keeps
// its blanks when there are several in a row, or when it begins with one.
func wordsOf(text string) []string {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		if i > 0 {
			b.WriteByte('`')
		}
		if i%2 == 1 && (strings.HasPrefix(part, " ") || strings.Contains(part, "  ")) {
			part = strings.ReplaceAll(part, " ", keptBlank)
		}
		b.WriteString(part)
	}
	return strings.Fields(b.String())
}

func (p *printer) field(label, text string) {
	p.out.WriteString(fmt.Sprintf("  %-4s  ", label))
	p.continued(8, findings.Clean(text, 1000))
}

// continued writes text that begins at a column already reached.
func (p *printer) continued(at int, text string) {
	var sub printer
	sub.width = p.width
	sub.wrapped(at, at, text)
	p.out.WriteString(strings.TrimLeft(sub.out.String(), " "))
}
