package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// TextOptions say how text is written.
type TextOptions struct {
	Width int  // columns of the terminal; default 80, at least 40
	Color bool // colour by escape codes; only for a terminal that wants it
	// Base is put before the paths of explaining pages, e.g.
	// https://paddock.example.com; empty leaves the paths out.
	Base string
}

// Text writes a report for a terminal: what must be mended first, by cause, at
// most five causes and then a count, each with its line, why it matters and
// the steps; then one line for each check.
func Text(w io.Writer, r core.Report, opt TextOptions) error {
	p := &printer{opt: opt, width: max(40, opt.Width)}
	if opt.Width == 0 {
		p.width = 80
	}
	p.wrapped(0, 0, p.paint(bold, headline(r)))
	groups := Groups(r)
	for _, g := range groups[:min(maxGroups, len(groups))] {
		p.line("")
		p.group(g)
	}
	if more := len(groups) - maxGroups; more > 0 {
		p.line("")
		p.wrapped(0, 0, fmt.Sprintf("... and %s. Use --format json to see all.", findings.Count(more, "more cause")))
	}
	p.line("")
	p.checks(r)
	for _, s := range r.SetAside {
		p.wrapped(0, 2, findings.Clean(s.String(), 1000)+".")
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

const (
	bold   = "1"
	red    = "1;31"
	yellow = "33"
	green  = "32"
)

type printer struct {
	opt   TextOptions
	width int
	out   strings.Builder
}

func (p *printer) paint(color, s string) string {
	if !p.opt.Color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func (p *printer) line(s string) { p.out.WriteString(strings.TrimRight(s, " ") + "\n") }

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

func (p *printer) group(g Group) {
	f := g.First()
	word, color := "NOTE", green
	switch {
	case f.Blocking:
		word, color = "STOP", red
	case f.Severity == core.Caution:
		word, color = "CARE", yellow
	}
	p.wrapped(0, 6, p.paint(color, word)+"  "+p.paint(bold, g.Title))
	p.field("What", f.What)
	for _, f := range g.Findings[:min(maxPlaces, len(g.Findings))] {
		p.place(f)
	}
	if more := len(g.Findings) - maxPlaces; more > 0 {
		p.line(fmt.Sprintf("        and %s", findings.Count(more, "more place")))
	}
	p.field("Why", f.Why)
	for i, step := range f.Fix {
		label := ""
		if i == 0 {
			label = "Fix"
		}
		p.out.WriteString(fmt.Sprintf("  %-4s  %d. ", label, i+1))
		p.continued(11, findings.Clean(step, 1000))
	}
	if p.opt.Base != "" && f.Docs != "" {
		p.field("More", strings.TrimSuffix(p.opt.Base, "/")+f.Docs)
	}
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

func (p *printer) place(f core.Finding) {
	if f.Path == "" {
		return
	}
	p.line("        " + cut(place(f), p.width-8))
	if f.Quote != "" {
		p.line("          | " + cut(findings.Clean(f.Quote, 300), p.width-12))
	}
}

func (p *printer) checks(r core.Report) {
	for _, c := range r.Checks {
		color := green
		switch c.Verdict {
		case core.Blocks:
			color = red
		case core.Incomplete:
			color = yellow
		}
		p.out.WriteString(p.paint(color, fmt.Sprintf("%-10s", c.Verdict)) + fmt.Sprintf("  %-12s  ", findings.Clean(c.Name, 60)))
		p.continued(26, findings.Clean(c.Looked, 400))
		for _, why := range c.Incomplete[:min(maxPlaces, len(c.Incomplete))] {
			p.out.WriteString("            - ")
			p.continued(14, findings.Clean(why, 400))
		}
		if more := len(c.Incomplete) - maxPlaces; more > 0 {
			p.line(fmt.Sprintf("            - and %d more", more))
		}
	}
}
