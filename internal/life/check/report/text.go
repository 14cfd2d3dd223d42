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
	All   bool // every cause and every place, without a count in their stead
	// Base is put before the paths of explaining pages, e.g.
	// https://paddock.example.com; empty leaves the paths out.
	Base string
}

// Text writes a report for a terminal: what must be mended first, by cause, at
// most five causes and then one line for each other, each with its lines, why it
// matters and the steps; then what was looked at, one line for each check.
func Text(w io.Writer, r core.Report, opt TextOptions) error {
	p := &printer{opt: opt, width: max(40, opt.Width), groups: maxGroups, places: maxPlaces}
	if opt.Width == 0 {
		p.width = 80
	}
	if opt.All {
		p.groups, p.places = len(r.Findings), len(r.Findings)
	}
	p.wrapped(0, 0, p.paint(bold, headline(r)))
	groups := Groups(r)
	for _, g := range groups[:min(p.groups, len(groups))] {
		p.line("")
		p.group(g)
	}
	if more := groups[min(p.groups, len(groups)):]; len(more) > 0 {
		p.line("")
		p.others(more)
	}
	p.line("")
	for _, s := range append(looked(r), waived(r)...) {
		p.wrapped(0, 2, s)
	}
	p.checks(r)
	for _, s := range r.SetAside {
		p.wrapped(0, 2, findings.Clean(s.String(), 1000)+".")
	}
	if code := explained(groups); code != "" && opt.Base == "" {
		p.wrapped(0, 2, "More about one: paddock check --explain "+code)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

// explained is the first code that the catalogue explains.
func explained(groups []Group) string {
	for _, g := range groups {
		if _, ok := findings.Lookup(g.First().Code); ok {
			return g.First().Code
		}
	}
	return ""
}

const (
	bold   = "1"
	red    = "1;31"
	yellow = "33"
	green  = "32"
)

type printer struct {
	opt            TextOptions
	width          int
	groups, places int
	out            strings.Builder
}

func (p *printer) paint(color, s string) string {
	if !p.opt.Color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

func (p *printer) line(s string) { p.out.WriteString(strings.TrimRight(s, " ") + "\n") }

func loudness(f core.Finding) (text, color string) {
	switch text = strings.ToUpper(word(f)); text {
	case "STOP":
		return text, red
	case "CARE":
		return text, yellow
	}
	return text, green
}

func (p *printer) group(g Group) {
	f := g.First()
	word, color := loudness(f)
	p.wrapped(0, 6, p.paint(color, word)+"  "+p.paint(bold, g.Title))
	if same(g, func(f core.Finding) string { return f.What }) {
		p.field("What", f.What)
		for _, f := range g.Findings[:min(p.places, len(g.Findings))] {
			p.place(f)
		}
	} else {
		p.told(g)
	}
	if more := len(g.Findings) - p.places; more > 0 {
		p.line(fmt.Sprintf("        and %s", findings.Count(more, "more place")))
	}
	p.field("Why", f.Why)
	p.steps(g)
	if p.opt.Base != "" && f.Docs != "" {
		p.field("More", strings.TrimSuffix(p.opt.Base, "/")+f.Docs)
	}
}

// told writes places that each say something else.
func (p *printer) told(g Group) {
	for i, f := range g.Findings[:min(p.places, len(g.Findings))] {
		label := ""
		if i == 0 {
			label = "What"
		}
		p.field(label, f.What)
		p.place(f)
	}
}

// steps writes the steps: once when all places share them, else those of each
// place that is shown.
func (p *printer) steps(g Group) {
	if same(g, func(f core.Finding) string { return strings.Join(f.Fix, "\x00") }) {
		p.numbered(1, g.First().Fix)
		return
	}
	n := 1
	for _, f := range g.Findings[:min(p.places, len(g.Findings))] {
		p.numbered(n, f.Fix)
		n += len(f.Fix)
	}
	if len(g.Findings) > p.places {
		p.line("        Each other place has steps of its own: see --all.")
	}
}

func same(g Group, of func(core.Finding) string) bool {
	for _, f := range g.Findings {
		if of(f) != of(g.First()) {
			return false
		}
	}
	return true
}

func (p *printer) numbered(from int, steps []string) {
	more := 0
	if len(steps) > maxSteps && !p.opt.All {
		more = len(steps) - maxSteps/2
		steps = steps[:maxSteps/2]
	}
	defer func() {
		if more > 0 {
			p.line(fmt.Sprintf("        and %s: see --all. paddock check --fix does those that are exact.", findings.Count(more, "more step")))
		}
	}()
	for i, step := range steps {
		label := ""
		if from+i == 1 {
			label = "Fix"
		}
		head := fmt.Sprintf("  %-4s  %d. ", label, from+i)
		p.out.WriteString(head)
		p.continued(len(head), findings.Clean(step, 1000))
	}
}

// others names the causes that are not shown in full.
func (p *printer) others(more []Group) {
	p.wrapped(0, 0, fmt.Sprintf("... and %s. Use --all to see them in full.", findings.Count(len(more), "more cause")))
	for _, g := range more {
		word, color := loudness(g.First())
		p.wrapped(0, 6, p.paint(color, word)+"  "+g.Title+" ("+findings.Count(len(g.Findings), "place")+")")
	}
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
		p.continued(26, findings.Clean(lookedAt(c), 400))
		for _, why := range c.Incomplete[:min(p.places, len(c.Incomplete))] {
			p.out.WriteString("            - ")
			p.continued(14, findings.Clean(why, 400))
		}
		if more := len(c.Incomplete) - p.places; more > 0 {
			p.line(fmt.Sprintf("            - and %d more", more))
		}
	}
}
