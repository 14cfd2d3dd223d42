package report

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

// looked says in words what a report is about, and what it leaves out on
// purpose: one sentence each.
func looked(r core.Report) []string {
	s := r.Scope
	var out []string
	switch {
	case s.Subject == core.SubjectIndex:
		out = append(out, "Looked at: what is staged for the next commit"+on(r.Commit)+".")
	case s.Subject == core.SubjectSent:
		out = append(out, "Looked at: the files that were sent.")
	case s.Subject == core.SubjectCommit:
		out = append(out, "Looked at: the files of commit "+brief(r.Commit)+".")
	case r.Commit != "" && s.Unsaved > 0:
		out = append(out, fmt.Sprintf("Looked at: the folder as it is now. %s from commit %s.", differ(s.Unsaved), brief(r.Commit)))
	case s.Subject == core.SubjectFolder:
		out = append(out, "Looked at: the folder as it is now"+on(r.Commit)+".")
	}
	if s.Against != "" {
		out = append(out, fmt.Sprintf("Left out: %s that commit %s has already.", findings.Count(s.Before, "finding"), brief(s.Against)))
	}
	if s.Since != "" {
		out = append(out, "Left out: files that have not changed since commit "+brief(s.Since)+".")
	}
	if n := len(s.LeftOut); n > 0 {
		out = append(out, "Left out: "+names(s.LeftOut)+".")
	}
	if s.Shallow {
		out = append(out, "The history here begins in the middle: this is a shallow clone.")
	}
	return out
}

// numbers says a coverage in words, as far as a check fills it.
func numbers(c core.Coverage) string {
	var out []string
	add := func(n int, noun string) {
		if n > 0 {
			out = append(out, findings.Count(n, noun))
		}
	}
	add(c.Files, "file")
	if c.Bytes > 0 {
		out = append(out, fmt.Sprintf("%d bytes", c.Bytes))
	}
	add(c.Archives, "archive")
	if c.CommitsListed > 0 {
		out = append(out, fmt.Sprintf("%d of %s", c.Commits, findings.Count(c.CommitsListed, "commit")))
	}
	add(c.Packages, "package")
	if c.Unmatched > 0 {
		out = append(out, fmt.Sprintf("%d of them unknown to the data", c.Unmatched))
	}
	add(c.Rules, "rule")
	if c.RulesDigest != "" {
		out = append(out, "rules "+brief(c.RulesDigest))
	}
	if c.Data != "" {
		out = append(out, "data of "+findings.Clean(c.Data, 10))
	}
	return strings.Join(out, ", ")
}

// lookedAt is what a check says of itself, or else its numbers.
func lookedAt(c core.CheckResult) string {
	if c.Looked != "" {
		return c.Looked
	}
	return numbers(c.Seen)
}

func differ(n int) string {
	if n == 1 {
		return "1 file differs"
	}
	return fmt.Sprintf("%d files differ", n)
}

func on(commit string) string {
	if commit == "" {
		return ""
	}
	return ", on commit " + brief(commit)
}

// names lists at most five names.
func names(list []string) string {
	shown := make([]string, 0, maxPlaces+1)
	for _, n := range list[:min(maxPlaces, len(list))] {
		shown = append(shown, findings.Clean(n, 80))
	}
	if more := len(list) - maxPlaces; more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(shown, ", ")
}

// brief is the part of a commit or a digest that people compare.
func brief(id string) string {
	id = findings.Clean(strings.TrimPrefix(id, "sha256:"), 64)
	return id[:min(10, len(id))]
}

// waived sums up what does not block although its kind does: one sentence for
// each exemption, and one for all that was known before.
func waived(r core.Report) []string {
	var out []string
	before := map[string]int{}
	var codes []string
	for _, f := range r.Findings {
		switch w := f.Waived; {
		case w == nil:
		case w.Kind == core.KnownBefore:
			if before[f.Code]++; before[f.Code] == 1 {
				codes = append(codes, f.Code)
			}
		default:
			out = append(out, findings.Clean(fmt.Sprintf("Exempt until %s: %s at %s, approved by %s (%s): %s", w.Until, f.Code, place(f), w.By, w.Approval, w.Reason), 600)+".")
		}
	}
	if len(codes) > 0 {
		for i, c := range codes {
			codes[i] = fmt.Sprintf("%s (%d)", findings.Clean(c, 80), before[c])
		}
		out = append(out, "Known before, and not counted: "+strings.Join(codes, ", ")+".")
	}
	if n := len(r.Scope.Unneeded); n > 0 {
		out = append(out, fmt.Sprintf("The baseline has %s that nothing matches now. Write it again.", findings.Entries(n)))
	}
	return out
}
