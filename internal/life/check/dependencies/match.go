package dependencies

import (
	"slices"
	"strings"
)

// match is what the database knows about one version of one package.
type match struct {
	advisories []*advisory // that affect it, by id
	fixed      string      // the lowest newer version that none affects; "" if not known
}

// lookup matches a valid version. It reports nothing for unknown packages.
func (db *DB) lookup(name, version string) match {
	var m match
	all := db.byName[name]
	for _, a := range all {
		if a.affects(version) {
			m.advisories = append(m.advisories, a)
		}
	}
	if len(m.advisories) > 0 {
		m.fixed = lowestGood(all, version)
	}
	return m
}

// lowestGood looks through the versions that fix something for the lowest one
// above version that no advisory affects. It prefers releases to
// pre-releases.
func lowestGood(all []*advisory, version string) string {
	var candidates []string
	for _, a := range all {
		for _, s := range a.spans {
			if s.fixed != "" && compare(s.fixed, version) > 0 {
				candidates = append(candidates, s.fixed)
			}
		}
	}
	slices.SortFunc(candidates, func(a, b string) int {
		if pa, pb := strings.Contains(a, "-"), strings.Contains(b, "-"); pa != pb {
			if pa {
				return 1
			}
			return -1
		}
		return compare(a, b)
	})
	for _, c := range candidates {
		if !slices.ContainsFunc(all, func(a *advisory) bool { return a.affects(c) }) {
			return c
		}
	}
	return ""
}

// malicious reports whether the package was made to do harm.
func (m match) malicious() bool {
	return slices.ContainsFunc(m.advisories, func(a *advisory) bool { return a.malicious })
}

// grave reports whether any advisory is high, critical or of unknown severity.
func (m match) grave() bool {
	return slices.ContainsFunc(m.advisories, func(a *advisory) bool {
		return a.severity != "LOW" && a.severity != "MODERATE" && a.severity != "MEDIUM"
	})
}

// details lists the advisories for engineers.
func (m match) details() string {
	var parts []string
	for _, a := range m.advisories {
		s := a.id
		if a.alias != "" {
			s += " (" + a.alias + ")"
		}
		parts = append(parts, strings.TrimSpace(strings.ToLower(a.severity)+" "+s+": "+a.summary))
	}
	return strings.Join(parts, "; ")
}
