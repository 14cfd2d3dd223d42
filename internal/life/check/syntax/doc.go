// Package syntax reads source text into syntax trees, for all checks that look
// at code (CHK-1, CHK-4).
//
// The grammars are tree-sitter's, which are written in C: a program built
// without cgo has none, and Parse then answers ErrNone, so that a check is
// incomplete and never green. A tree is copied into Go's memory in one pass
// and C's memory is freed before Parse returns; there is nothing to close.
// The text is hostile: size, time, number of nodes and depth are bounded.
package syntax
