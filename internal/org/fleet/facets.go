package fleet

import (
	"cmp"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// facets counts each value of each filter with the other filters in force. The
// most frequent value comes first.
func facets(tally []core.Tally, f core.AppFilter) Facets {
	free := func(change func(f *core.AppFilter)) core.AppFilter {
		g := f
		change(&g)
		return g
	}
	return Facets{
		States:          count(tally, free(func(g *core.AppFilter) { g.States = nil }), func(c core.Cell) string { return string(c.State) }),
		Classifications: count(tally, free(func(g *core.AppFilter) { g.Classifications = nil }), func(c core.Cell) string { return string(c.Classification) }),
		Regions:         count(tally, free(func(g *core.AppFilter) { g.Regions = nil }), func(c core.Cell) string { return c.Region }),
		Templates:       count(tally, free(func(g *core.AppFilter) { g.Templates = nil }), func(c core.Cell) string { return c.Template }),
	}
}

func count(tally []core.Tally, f core.AppFilter, value func(core.Cell) string) []Count {
	sums := map[string]int{}
	for _, t := range tally {
		if f.Fits(t.Cell) {
			sums[value(t.Cell)] += t.N
		}
	}
	out := make([]Count, 0, len(sums))
	for v, n := range sums {
		if n > 0 {
			out = append(out, Count{v, n})
		}
	}
	slices.SortFunc(out, func(a, b Count) int {
		if a.N != b.N {
			return cmp.Compare(b.N, a.N)
		}
		return cmp.Compare(a.Value, b.Value)
	})
	return out
}
