package bundle

import (
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Same reports whether two answers say the same, in whatever order.
func Same(a, b core.Verdicts) bool {
	return sameSet(a.Deny, b.Deny) && sameSet(a.Warn, b.Warn) && sameSet(a.Approve, b.Approve)
}

// sameSet holds two lists without repeats against each other.
func sameSet[T comparable](a, b []T) bool {
	for _, v := range a {
		if !slices.Contains(b, v) {
			return false
		}
	}
	return len(a) == len(b)
}
