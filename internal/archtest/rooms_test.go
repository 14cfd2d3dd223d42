package archtest

import (
	"fmt"
	"slices"
	"strings"
)

// floors is the order of the rooms, from the roof down. A room imports its own
// floor and those below; internal/app/tour and the like belong to their room.
var floors = []string{"cmd", "internal/app", "internal/door", "internal/life", "internal/org", "internal/engine", "internal/adapter", "internal/core"}

// edge allows packages of From to import packages of To, because of Why. A
// package belongs to the longest prefix that the table names.
type edge struct{ From, To, Why string }

// imports reports every import that the plan of the house does not allow, and
// every row of the table that no import uses.
func imports(units []*unit, table []edge) []string {
	var faults []string
	used := map[edge]bool{}
	for _, u := range units {
		for _, i := range u.imports {
			to, ours := strings.CutPrefix(i, "./")
			switch {
			case !ours && under(u.path, "internal/core"):
				if strings.Contains(strings.SplitN(i, "/", 2)[0], ".") {
					faults = append(faults, fmt.Sprintf("%s imports %s: core imports the standard library only", u.path, i))
				}
			case !ours:
			default:
				if fault := judge(u.path, to, table, used); fault != "" {
					faults = append(faults, fault)
				}
			}
		}
	}
	for _, e := range table {
		if !used[e] {
			faults = append(faults, fmt.Sprintf("the table allows %s to import %s, but it does not: remove the row", e.From, e.To))
		}
	}
	slices.Sort(faults)
	return slices.Compact(faults)
}

// judge says what is wrong with one import, or "".
func judge(from, to string, table []edge, used map[edge]bool) string {
	fault := func(why string) string { return fmt.Sprintf("%s imports %s: %s", from, to, why) }
	f, t := floor(from), floor(to)
	switch {
	case under(to, "internal/testkit"):
		return fault("testkit is for tests only")
	case under(from, "internal/testkit"):
		return "" // it builds firm ground for tests from whatever it needs
	case under(from, "internal/core"):
		return fault("core imports the standard library only")
	case under(from, "internal/adapter") && under(to, "internal/adapter"):
		if home(from, table) == home(to, table) || under(to, from) {
			return "" // its own sub-package
		}
		return fault("adapters never import one another")
	case under(to, "internal/adapter") && f > 1:
		return fault("only internal/app, cmd and tests import adapters")
	case f >= 0 && t >= 0 && t < f:
		return fault("imports go down only")
	case t == len(floors)-1:
		return "" // everybody may import core
	}
	a, b := home(from, table), home(to, table)
	if a == b || a == "internal/app" {
		return "" // app is the only room that sees everything
	}
	for _, e := range table {
		if e.From == a && e.To == b {
			used[e] = true
			return ""
		}
	}
	return fault("no row of the table in edges_test.go allows it")
}

// home returns the longest prefix of path that the table names, else path.
func home(path string, table []edge) string {
	best := ""
	for _, e := range table {
		for _, p := range []string{e.From, e.To} {
			if under(path, p) && len(p) > len(best) {
				best = p
			}
		}
	}
	if best == "" {
		return path
	}
	return best
}

// floor returns the number of a package's room, or -1 for what is outside.
func floor(path string) int {
	return slices.IndexFunc(floors, func(room string) bool { return under(path, room) })
}

func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}
