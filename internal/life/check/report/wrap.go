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
	for _, word := range splitWide(strings.Fields(text), p.width-max(first, rest)) {
		n := columns(word)
		if begun && indent+used+1+n > p.width {
			indent, used, begun = rest, 0, false
			p.out.WriteString("\n" + strings.Repeat(" ", rest))
		}
		if begun {
			p.out.WriteByte(' ')
			used++
		}
		p.out.WriteString(word)
		used, begun = used+n, true
	}
	p.out.WriteByte('\n')
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
