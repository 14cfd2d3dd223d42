package web

import (
	"strconv"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// standTitle says in short why a change cannot be merged yet.
func standTitle(c view.Change) string {
	switch {
	case c.Verdict == core.Blocks:
		if n := blocking(c.Findings); n > 0 {
			return plural(n, "problem stands", "problems stand") + " in the way"
		}
		return "The checks block this change"
	case c.Verdict == core.Incomplete:
		return "Some checks are not complete"
	case c.Approval != nil && c.Approval.State == core.ApprovalRefused:
		return "This change was refused"
	case c.Approval != nil && c.Approval.State == core.ApprovalPending:
		return "This change waits for a person"
	}
	return "This change cannot be merged yet"
}

// passedOf counts the checks that passed: "6 of 8 passed".
func passedOf(checks []core.CheckResult) string {
	n := 0
	for _, c := range checks {
		if c.Verdict == core.Passed {
			n++
		}
	}
	return strconv.Itoa(n) + " of " + strconv.Itoa(len(checks)) + " passed"
}

// asideWord says why a known hole does not count.
func asideWord(s core.SetAside) string {
	why := "It is mended in this version."
	if s.Status == "not_affected" {
		why = "The app is not affected"
		if s.Justification != "" {
			why += " (" + strings.ReplaceAll(s.Justification, "_", " ") + ")"
		}
		why += "."
	}
	return strings.TrimSpace(why + " " + s.Impact)
}
