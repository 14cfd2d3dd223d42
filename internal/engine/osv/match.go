package osv

import (
	"slices"
	"strings"
)

// Match is what the database knows about one version of one package.
type Match struct {
	Advisories []Advisory // that affect it, by id
	Fixed      string     // the lowest newer version that none affects; "" if none is known
}

// Match looks a version of a package up. It is empty for a package that nobody
// has written about.
func (db *DB) Match(ecosystem, name, version string) (Match, error) {
	all, err := db.Of(ecosystem, name)
	if err != nil || len(all) == 0 {
		return Match{}, err
	}
	v := ParseVersion(Base(ecosystem), version)
	var m Match
	for i := range all {
		if all[i].Affects(v) {
			m.Advisories = append(m.Advisories, all[i])
		}
	}
	if len(m.Advisories) > 0 {
		m.Fixed = LowestGood(all, v)
	}
	return m, nil
}

// LowestGood looks through the versions that mend something for the lowest one
// above v that no advisory affects. It prefers releases to pre-releases, and
// returns "" if there is none.
func LowestGood(all []Advisory, v Version) string {
	var candidates []Version
	for _, a := range all {
		for _, r := range a.Ranges {
			for _, e := range r.Events {
				if e.Kind == Fixed {
					if c := ParseVersion(v.ecosystem, e.Version); c.Compare(v) > 0 {
						candidates = append(candidates, c)
					}
				}
			}
		}
	}
	slices.SortFunc(candidates, func(a, b Version) int {
		if pa, pb := a.Prerelease(), b.Prerelease(); pa != pb {
			if pa {
				return 1
			}
			return -1
		}
		if c := a.Compare(b); c != 0 {
			return c
		}
		return strings.Compare(a.text, b.text)
	})
	for _, c := range candidates {
		if !slices.ContainsFunc(all, func(a Advisory) bool { return a.Affects(c) }) {
			return c.text
		}
	}
	return ""
}
