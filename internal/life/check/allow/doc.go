// Package allow reads exemptions that stand in the code, as a comment on the
// line of a finding or on the line above it:
//
//	paddock:allow code_eval reason="the parser of formulas" until=2026-12-31 approval=EX-7
//
// A comment by itself excuses nothing. It counts only with a reason, a last day
// and an approval that the governance repository knows, for this app and this
// code; else the finding counts as before, and the comment is a finding too.
package allow
