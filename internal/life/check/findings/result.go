package findings

import (
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
)

// Result is what one check hands back.
type Result struct {
	Looked     string // what was looked at, in words and numbers
	Seen       core.Coverage
	Incomplete []string // what could not be looked at, and why
	Findings   []core.Finding
	Detected   core.Detected // what the check saw the app use; only some checks know
}

// Add appends a finding.
func (r *Result) Add(f core.Finding) { r.Findings = append(r.Findings, f) }

// Missed notes something that could not be looked at, which keeps the check
// from passing.
func (r *Result) Missed(format string, args ...any) {
	r.Incomplete = append(r.Incomplete, Clean(fmt.Sprintf(format, args...), 300))
}

// Verdict sums the result up: blocked beats incomplete, incomplete beats pass.
func (r *Result) Verdict() core.Verdict {
	for _, f := range r.Findings {
		if f.Blocking {
			return core.Blocks
		}
	}
	if len(r.Incomplete) > 0 {
		return core.Incomplete
	}
	return core.Passed
}

// Count writes a number with its noun: "1 file", "14 files".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Entries writes a number of entries.
func Entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}
