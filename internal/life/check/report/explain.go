package report

import (
	"io"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Explain writes what a code of the catalogue means, by its example.
func Explain(w io.Writer, t findings.Text, opt TextOptions) error {
	p := &printer{opt: opt, width: max(40, opt.Width), places: maxPlaces}
	if opt.Width == 0 {
		p.width = 80
	}
	f := findings.Sample(t)
	p.wrapped(0, 2, p.paint(bold, t.Code)+": "+t.Title+".")
	p.wrapped(0, 2, "Found by the check "+t.Check+". "+stops(t.Severity))
	p.line("")
	p.field("What", f.What)
	p.field("Why", f.Why)
	p.numbered(1, f.Fix)
	_, err := io.WriteString(w, p.out.String())
	return err
}

func stops(s core.Severity) string {
	if s == core.Blocker {
		return "It stops a merge."
	}
	return "It does not stop a merge, unless a rule of the company says so."
}
