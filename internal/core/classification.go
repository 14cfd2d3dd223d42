package core

import "slices"

// Classification says how sensitive an app's data is.
type Classification string

// The classifications, from least to most sensitive.
const (
	Public      Classification = "public"
	InternalUse Classification = "internal"
	Restricted  Classification = "restricted"
	PHI         Classification = "phi" // protected health information
)

// Classifications lists all, from least to most sensitive.
var Classifications = []Classification{Public, InternalUse, Restricted, PHI}

// Valid reports whether c is known.
func (c Classification) Valid() bool { return slices.Contains(Classifications, c) }

// AtLeast reports whether c is as sensitive as o or more. Unknown values count
// as most sensitive, so that a typo never lowers a guard.
func (c Classification) AtLeast(o Classification) bool { return c.rank() >= o.rank() }

func (c Classification) rank() int {
	if i := slices.Index(Classifications, c); i >= 0 {
		return i
	}
	return len(Classifications)
}
