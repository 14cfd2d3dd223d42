package report

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// Bounds of what people are shown at once.
const (
	maxGroups = 5
	maxPlaces = 5
	maxSteps  = 12 // of one finding
)

// Group is findings of one cause: the same code and the same steps to mend it.
type Group struct {
	Title    string
	Findings []core.Finding // at least one
}

// First returns the finding that stands for the group.
func (g Group) First() core.Finding { return g.Findings[0] }

// Groups gathers a report's findings by cause, in the report's order: the
// blocking ones first. Findings that are waived are in none.
func Groups(r core.Report) []Group {
	var out []Group
	at := map[string]int{}
	for _, f := range r.Findings {
		if f.Waived != nil {
			continue
		}
		key := f.Code + "\x00" + fmt.Sprint(f.Blocking) + "\x00" + cause(f)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Group{Title: title(f)})
		}
		out[i].Findings = append(out[i].Findings, f)
	}
	return out
}

// cause is what findings of one group share beside the code: the steps, or, when
// the steps name a place each, why it matters.
func cause(f core.Finding) string {
	if len(f.Edits) > 0 {
		return "edits\x00" + f.Why
	}
	return strings.Join(f.Fix, "\x00")
}

// title returns the catalogue's title of a finding; codes of the company's own
// rules share one.
func title(f core.Finding) string {
	if t, ok := findings.Lookup(f.Code); ok {
		return t.Title
	}
	code := "policy_warned"
	if f.Blocking {
		code = "policy_denied"
	}
	t, _ := findings.Lookup(code)
	return t.Title
}

// headline sums a report up in one sentence.
func headline(r core.Report) string {
	app := r.App
	if app == "" {
		app = "the app"
	}
	if r.Commit != "" {
		app += " at " + brief(r.Commit)
	}
	if r.Scope.Since != "" {
		app = "what has changed in " + app
	}
	blocking, others := 0, 0
	for _, g := range Groups(r) {
		if g.First().Blocking {
			blocking++
		} else {
			others++
		}
	}
	app = findings.Clean(app, 80)
	switch {
	case r.Verdict == core.Blocks && blocking == 1:
		return "Paddock checked " + app + ": one thing must be mended."
	case r.Verdict == core.Blocks:
		return fmt.Sprintf("Paddock checked %s: %d things must be mended.", app, blocking)
	case r.Verdict == core.Incomplete:
		return "Paddock could not check all of " + app + "."
	case r.Scope.Since != "":
		return fmt.Sprintf("Paddock checked %s: nothing stops it there (%s to look at). Files that have not changed were not searched for secrets or faults in code.", app, findings.Count(others, "thing"))
	case others > 0:
		return fmt.Sprintf("Paddock checked %s: all is well, with %s to look at.", app, findings.Count(others, "thing"))
	}
	return "Paddock checked " + app + ": all is well."
}

// word is how loud a finding is.
func word(f core.Finding) string {
	switch {
	case f.Blocking:
		return "Stop"
	case f.Severity == core.Note:
		return "Note"
	}
	return "Care"
}

// place writes path:line:column, as far as known.
func place(f core.Finding) string {
	s := findings.Clean(f.Path, 200)
	if f.Line > 0 {
		s += fmt.Sprintf(":%d", f.Line)
		if f.Column > 0 {
			s += fmt.Sprintf(":%d", f.Column)
		}
	}
	return s
}

// ExitCode returns the exit code of a command that shows a report: 0 for a
// pass, 1 when findings block, whatever else could not be read, and 2 when
// something could not be read and nothing that could be read blocks.
func ExitCode(r core.Report) int {
	switch r.Verdict {
	case core.Passed:
		return 0
	case core.Blocks:
		return 1
	}
	return 2
}
