// Package projection finds out which parts of a document a rule can read, and
// gives equal keys to documents that agree on them. Whoever has evaluated a rule
// for one document then knows its answer for every other one with the same key.
//
// Both halves err on the safe side. Reads takes in everything that evaluation
// might touch. A key is made of the bytes of those parts, so that two ways to
// write one value have two keys, but two values never share one: keys are
// SHA-256 sums, which nobody can make to meet by choosing an input.
package projection
