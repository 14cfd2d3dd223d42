// Package core stands in for the vocabulary.
package core

// Roles is a table.
var Roles = []string{"maker"}

// Secret stands in for the real one.
type Secret struct{ b []byte }

// Open returns the value.
func (s Secret) Open() []byte { return s.b }
