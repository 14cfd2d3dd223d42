package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// floors is the order of the rooms, from the roof down. A room imports its own
// floor and those below; internal/app/tour and the like belong to their room.
var floors = []string{"cmd", "internal/app", "internal/door", "internal/life", "internal/org", "internal/engine", "internal/adapter", "internal/core"}

// apart are packages that keep their distance from their own family: they need
// rows of the table like strangers.
var apart = []string{
	"internal/engine/audit/verify", // shares no code with the writer of the log
	"internal/app/tour",            // goes through the public doors only
	"internal/app/visit",           // sees a server from outside
}

// edge allows packages below From to import packages below To, because of Why.
type edge struct{ From, To, Why string }

// plan judges the imports of all packages by a table.
type plan struct {
	table []edge
	used  map[edge]bool
	units []*unit
}

// imports reports every import that the plan of the house does not allow, and
// every row of the table that no import uses.
func imports(units []*unit, table []edge) []string {
	p := plan{table, map[edge]bool{}, units}
	var faults []string
	for _, u := range units {
		for _, i := range u.imports {
			if why := p.judge(u.path, i); why != "" {
				faults = append(faults, fmt.Sprintf("%s imports %s: %s", u.path, strings.TrimPrefix(i, "./"), why))
			}
		}
	}
	for _, e := range table {
		if !p.used[e] {
			faults = append(faults, fmt.Sprintf("the table allows %s to import %s, but it does not: remove the row", e.From, e.To))
		}
	}
	slices.Sort(faults)
	return faults
}

// judge says what is wrong with one import, or "".
func (p plan) judge(from, imported string) string {
	to, ours := strings.CutPrefix(imported, "./")
	switch {
	case under(from, "internal/core"):
		if !ours && !strings.Contains(strings.SplitN(to, "/", 2)[0], ".") {
			return ""
		}
		return "core imports the standard library only"
	case !ours:
		return ""
	case under(from, "internal/testkit"):
		return "" // it builds firm ground for tests from whatever it needs
	case under(to, "internal/testkit/postgres") && under(from, "bench"):
		return "" // a database to measure on
	case under(to, "internal/testkit"):
		return "testkit is for tests only"
	case p.family(from) == p.family(to):
		return ""
	case under(from, "internal/adapter") && under(to, "internal/adapter"):
		return "adapters never import one another"
	case under(to, "internal/adapter") && floor(from) > floor("internal/app"):
		return "only internal/app, cmd and tests import adapters"
	case floor(from) >= 0 && floor(to) >= 0 && floor(to) < floor(from):
		return "imports go down only"
	case under(to, "internal/core") && floor(from) >= 0, p.family(from) == "internal/app":
		return "" // everybody in the house may import core, and app sees everything
	case p.allowed(from, to):
		return ""
	}
	return "no row of the table in edges_test.go allows it"
}

// allowed looks for a row, and notes that it is used.
func (p plan) allowed(from, to string) bool {
	matches := func(path, prefix string) bool { return under(path, prefix) && p.family(path) == p.family(prefix) }
	for _, e := range p.table {
		if matches(from, e.From) && matches(to, e.To) {
			p.used[e] = true
			return true
		}
	}
	return false
}

// family returns what a package is part of: internal/life/check for all checks,
// an adapter for its sub-packages, itself for those that keep apart.
func (p plan) family(path string) string {
	for _, a := range apart {
		if under(path, a) {
			return a
		}
	}
	switch {
	case under(path, "internal/app"):
		return "internal/app"
	case under(path, "internal/adapter"):
		best := path
		for _, u := range p.units {
			if under(u.path, "internal/adapter") && under(path, u.path) && len(u.path) < len(best) {
				best = u.path
			}
		}
		return best
	}
	parts := strings.SplitN(path, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "/")
}

// floor returns the number of a package's room, or -1 for what is outside.
func floor(path string) int {
	return slices.IndexFunc(floors, func(room string) bool { return under(path, room) })
}

func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
