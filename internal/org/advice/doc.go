// Package advice proposes changes to the rules (POL-6). From what was decided: a
// rule that only warns and could be enforced, an exemption that nobody needs any
// more. From what reports say often: a lesson, or a rule. Each proposal is a diff
// with what it would change. None lets anything pass that is held today, and none
// is put in force by itself.
package advice
