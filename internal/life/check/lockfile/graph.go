package lockfile

import (
	"slices"
	"strings"
)

// Resolve returns the place of the package that code at the place from gets
// when it asks for name: the nearest node_modules upwards, as Node does.
func (l *Lock) Resolve(from, name string) (string, bool) {
	for dir := from; ; {
		place := "node_modules/" + name
		if dir != "" {
			place = dir + "/" + place
		}
		if l.has(place) {
			return place, true
		}
		if dir == "" {
			return "", false
		}
		if i := strings.LastIndex(dir, "/node_modules/"); i >= 0 {
			dir = dir[:i]
		} else {
			dir = ""
		}
	}
}

func (l *Lock) has(place string) bool {
	_, found := l.index(place)
	return found || l.links[place]
}

func (l *Lock) index(place string) (int, bool) {
	return slices.BinarySearchFunc(l.Packages, place, func(p Package, s string) int { return strings.Compare(p.Path, s) })
}

// Direct returns, for each place, the first package that the app itself asks
// for and that brings it in. A package the app asks for brings itself in.
// Cycles are no harm: each place is visited once.
func (l *Lock) Direct() map[string]string {
	brought := map[string]string{}
	var queue []string
	visit := func(from, name, direct string) {
		if place, ok := l.Resolve(from, name); ok && brought[place] == "" {
			brought[place] = direct
			queue = append(queue, place)
		}
	}
	for _, name := range sortedKeys(l.Root.Requires) {
		visit("", name, name)
	}
	for len(queue) > 0 {
		place := queue[0]
		queue = queue[1:]
		if i, ok := l.index(place); ok {
			for _, name := range sortedKeys(l.Packages[i].Requires) {
				visit(place, name, brought[place])
			}
		}
	}
	return brought
}

// Children returns the places a package gets its own packages from, sorted.
func (l *Lock) Children(p Package) []string {
	var out []string
	for name := range p.Requires {
		if place, ok := l.Resolve(p.Path, name); ok && !l.links[place] {
			out = append(out, place)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
