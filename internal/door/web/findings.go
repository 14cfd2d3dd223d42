package web

import (
	"slices"
	"strconv"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// maxPlaces is how many places of one problem are shown at once.
const maxPlaces = 5

// problem is findings with one root cause: the same rule, the same words,
// perhaps at several places.
type problem struct {
	core.Finding
	places []core.Finding
}

// group is the problems that one check found.
type group struct {
	check    string
	problems []problem
}

// findingGroups gathers findings by check and cause; what blocks comes first.
func findingGroups(all []core.Finding) []group {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b core.Finding) int { return rank(a) - rank(b) })
	var groups []group
	for _, f := range sorted {
		i := slices.IndexFunc(groups, func(g group) bool { return g.check == f.Check })
		if i < 0 {
			groups = append(groups, group{check: f.Check})
			i = len(groups) - 1
		}
		groups[i].add(f)
	}
	return groups
}

func (g *group) add(f core.Finding) {
	for i, p := range g.problems {
		if p.Code == f.Code && p.What == f.What && p.Blocking == f.Blocking {
			g.problems[i].places = append(p.places, f)
			return
		}
	}
	g.problems = append(g.problems, problem{Finding: f, places: []core.Finding{f}})
}

// rank orders findings: blocking, cautions, notes.
func rank(f core.Finding) int {
	switch {
	case f.Blocking:
		return 0
	case f.Severity == core.Note:
		return 2
	}
	return 1
}

// blocking counts the findings that block.
func blocking(all []core.Finding) int {
	n := 0
	for _, f := range all {
		if f.Blocking {
			n++
		}
	}
	return n
}

// checking reports whether the checks of a change still run.
func checking(c view.Change) bool { return c.Verdict == "" && c.State == core.ChangeOpen }

// placeName is a finding's place as editors write it: path:line.
func placeName(f core.Finding) string {
	if f.Line > 0 {
		return f.Path + ":" + strconv.Itoa(f.Line)
	}
	return f.Path
}
