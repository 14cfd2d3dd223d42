// Package whatif says what another revision of the rules would answer, before it
// is in force: which subjects would be newly blocked, newly allowed or newly
// waiting, and by which rules (POL-2, NEW-1).
//
// It asks both revisions by the very code that enforces them, policy.Set, about
// every subject. That is fast because a set evaluates each clause once for all
// subjects that look alike to it: cost grows with the variety of the subjects,
// not with their number.
package whatif
