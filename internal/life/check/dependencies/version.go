package dependencies

import (
	"strings"

	"golang.org/x/mod/semver"
)

// valid reports whether v is a full npm version: three numbers and, perhaps, a
// pre-release and a build.
func valid(v string) bool {
	core, _, _ := strings.Cut(v, "+")
	core, _, _ = strings.Cut(core, "-")
	return strings.Count(core, ".") == 2 && semver.IsValid("v"+v)
}

// compare orders two valid versions by semver 2.0 precedence.
func compare(a, b string) int { return semver.Compare("v"+a, "v"+b) }

// span is a half-open or closed range of versions, as OSV events give it.
type span struct {
	introduced string // "" or "0": from the beginning
	fixed      string // first version without the fault; "" if none
	last       string // last version with the fault; "" if none
}

func (s span) holds(v string) bool {
	if s.introduced != "" && s.introduced != "0" && compare(v, s.introduced) < 0 {
		return false
	}
	if s.fixed != "" {
		return compare(v, s.fixed) < 0
	}
	return s.last == "" || compare(v, s.last) <= 0
}
