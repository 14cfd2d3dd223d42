// Package advice proposes changes to the rules from what was decided (POL-6): a
// rule that only warns and could be enforced, an exemption that nobody needs any
// more. Each proposal is a diff with what it would change. None lets anything
// pass that is held today, and none is put in force by itself.
package advice
