package govern

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// shownApps is how many apps the lines of a report name.
const shownApps = 10

// Lines are the report as the pusher reads it.
func (r Report) Lines() []string {
	if !r.OK {
		lines := []string{"", "This revision has faults.", ""}
		for _, f := range r.Faults {
			lines = append(lines, strings.Split(f, "\n")...)
			lines = append(lines, "")
		}
		return lines
	}
	w := r.What
	lines := []string{fmt.Sprintf("  %s passed.", counted(w.Tests.Passed, "policy test"))}
	if w.Tests.Coverage > 0 {
		lines[0] += fmt.Sprintf(" They run %.0f%% of the rules' lines.", w.Tests.Coverage)
	}
	for _, part := range []struct {
		words string
		list  []string
	}{{"New rules", w.Rules.Added}, {"Rules that go", w.Rules.Removed}, {"Rules that change", w.Rules.Changed}} {
		if len(part.list) > 0 {
			lines = append(lines, "  "+part.words+": "+strings.Join(part.list, ", ")+".")
		}
	}
	for _, c := range w.Rules.Stages {
		lines = append(lines, fmt.Sprintf("  How far %s reaches: from %s to %s.", c.Rule, c.From, c.To))
	}
	for _, e := range w.Exemptions.Added {
		lines = append(lines, fmt.Sprintf("  %s is exempt from %s until %s, by %s.", e.App, e.Rule, e.Expires, e.Approver))
	}
	for _, e := range w.Exemptions.Removed {
		lines = append(lines, fmt.Sprintf("  %s is no longer exempt from %s.", e.App, e.Rule))
	}
	lines = append(lines, r.impact()...)
	for _, w := range r.Warnings {
		lines = append(lines, "  Note: "+w)
	}
	return lines
}

func (r Report) impact() []string {
	p := r.What.Preview
	if !r.What.PreviewDone {
		return []string{"  There is no preview: " + r.Problem}
	}
	lines := []string{fmt.Sprintf("  Newly blocked: %s; newly waiting: %d; newly allowed: %d.", counted(p.NewlyBlocked, "app"), p.NewlyWaiting, p.NewlyAllowed)}
	if p.NotEvaluated > 0 {
		lines = append(lines, fmt.Sprintf("  Not evaluated: %s.", counted(p.NotEvaluated, "app")))
	}
	for i, a := range r.Apps {
		if i == shownApps {
			lines = append(lines, "    and more")
			break
		}
		lines = append(lines, fmt.Sprintf("    %s at %s: %s (%s)", a.App, a.Gate, a.Why, strings.Join(a.Rules, ", ")))
	}
	apps := map[string]int{}
	for _, b := range p.BlockedBy {
		apps[b.Rule] = b.Apps
	}
	for _, rule := range r.What.Rules.Halted {
		lines = append(lines, fmt.Sprintf("  %s is halted: it would newly block %s, more than its halt_above. It only warns until somebody raises the limit.", rule, counted(apps[rule], "app")))
	}
	return lines
}

// Lines say what was put in force.
func (o Outcome) Lines() []string {
	lines := []string{"", fmt.Sprintf("Revision %s is in force: %s passed.", short(o.Activation.Commit), counted(o.Report.What.Tests.Passed, "policy test"))}
	if o.Activation.How == core.ByRollback {
		lines[1] = fmt.Sprintf("Revision %s is in force again.", short(o.Activation.Commit))
	}
	return append(append(lines, o.Report.Lines()[1:]...), "")
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
