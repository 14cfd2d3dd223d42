// Package rulebook holds the rules about code, as data: what a rule looks for,
// the words a maker reads, and examples that must and must not match.
//
// It is a leaf, so that the catalogue of findings can show the texts and the
// code check can apply the rules. An organisation's own rules have the same
// form. Patterns are RE2, which takes linear time on any text.
package rulebook
