package inventory

import (
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/semver"

	"github.com/paddock-dev/paddock/internal/core"
)

// systems are the orders of versions, by ecosystem. Others are compared by
// semantic versioning as far as it can read them.
var systems = map[string]semver.System{
	"npm": semver.NPM, "golang": semver.Go, "pypi": semver.PyPI, "maven": semver.Maven, "cargo": semver.Cargo,
	"nuget": semver.NuGet, "gem": semver.RubyGems, "composer": semver.Composer,
}

// Ecosystems lists the ecosystems whose order of versions is known.
func Ecosystems() []string {
	out := make([]string, 0, len(systems))
	for name := range systems {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func system(ecosystem string) semver.System {
	if s, ok := systems[ecosystem]; ok {
		return s
	}
	return semver.DefaultSystem
}

func readable(ecosystem, version string) bool {
	_, err := system(ecosystem).Parse(written(ecosystem, version))
	return err == nil
}

// written adds the v that Go's order of versions insists on.
func written(ecosystem, version string) string {
	if ecosystem == "golang" && version != "" && version[0] >= '0' && version[0] <= '9' {
		return "v" + version
	}
	return version
}

// Matches reports whether a component's version fits all conditions. ok is false
// when its version, or the query's, cannot be compared in its ecosystem: then
// nobody knows.
func (q Query) Matches(c core.Component) (fits, ok bool) {
	s := system(c.Ecosystem)
	for _, want := range q.Conditions {
		if c.Version == want.Version {
			if !strings.Contains(want.Op, "=") || want.Op == "!=" {
				return false, true
			}
			continue
		}
		have, err := s.Parse(written(c.Ecosystem, c.Version))
		if err != nil {
			return false, false
		}
		other, err := s.Parse(written(c.Ecosystem, want.Version))
		if err != nil {
			return false, false
		}
		if !holds(have.Compare(other), want.Op) {
			return false, true
		}
	}
	return true, true
}

func holds(order int, op string) bool {
	switch op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "=":
		return order == 0
	}
	return order != 0
}

// newer orders components by version, newest first; what cannot be compared
// comes last, by its text.
func newer(a, b core.Component) int {
	s := system(a.Ecosystem)
	x, errX := s.Parse(written(a.Ecosystem, a.Version))
	y, errY := s.Parse(written(b.Ecosystem, b.Version))
	switch {
	case errX == nil && errY == nil && a.Ecosystem == b.Ecosystem:
		if o := y.Compare(x); o != 0 {
			return o
		}
	case errX == nil && errY != nil:
		return -1
	case errX != nil && errY == nil:
		return 1
	}
	return strings.Compare(a.Ecosystem+" "+a.Version, b.Ecosystem+" "+b.Version)
}

func itoa(n int) string { return strconv.Itoa(n) }
