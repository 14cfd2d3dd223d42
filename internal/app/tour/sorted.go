package tour

import (
	"maps"
	"slices"
)

// sorted returns the names of an evidence, in order.
func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
