package osv

import (
	"slices"
	"strings"
)

// Level is how grave a hole is.
type Level uint8

// The levels; Unknown where nobody has judged.
const (
	Unknown Level = iota
	Low
	Moderate
	High
	Critical
)

// String returns the level in OSV's words, lower case; "unknown" if nobody has judged.
func (l Level) String() string {
	return [...]string{"unknown", "low", "moderate", "high", "critical"}[min(l, Critical)]
}

// Advisory is what one record says about one package.
type Advisory struct {
	ID        string
	Aliases   []string // other names of the same hole, as CVE numbers
	Summary   string
	Level     Level
	Vectors   []string // CVSS vectors as given
	Modified  string   // YYYY-MM-DD; empty if the record does not say
	Malicious bool     // the package was made to do harm
	Ranges    []Range
	Versions  []string // affected whatever the ranges say; sorted
}

// Range is a row of events in the order of versions.
type Range struct{ Events []Event }

// EventKind says what an event changes.
type EventKind uint8

// The kinds of events.
const (
	Introduced EventKind = iota + 1
	Fixed
	LastAffected
)

// Event is a version at which the state of a package changes.
type Event struct {
	Kind    EventKind
	Version string // "0" stands before every version
}

// CVE returns the advisory's CVE number, or "".
func (a *Advisory) CVE() string {
	if strings.HasPrefix(a.ID, "CVE-") {
		return a.ID
	}
	for _, s := range a.Aliases {
		if strings.HasPrefix(s, "CVE-") {
			return s
		}
	}
	return ""
}

// Grave reports whether the hole is high, critical, or not judged.
func (a *Advisory) Grave() bool { return a.Level != Low && a.Level != Moderate }

// Affects reports whether a version has the hole: if it is listed, or if it
// lies in a range, as the OSV schema evaluates them.
func (a *Advisory) Affects(v Version) bool {
	if _, listed := slices.BinarySearch(a.Versions, v.text); listed {
		return true
	}
	return slices.ContainsFunc(a.Ranges, func(r Range) bool { return r.holds(v) })
}

func (r Range) holds(v Version) bool {
	affected := false
	for _, e := range r.Events {
		switch {
		case e.Kind == Introduced && !affected:
			affected = e.Version == "0" || v.Compare(ParseVersion(v.ecosystem, e.Version)) >= 0
		case e.Kind == Fixed && affected:
			affected = v.Compare(ParseVersion(v.ecosystem, e.Version)) < 0
		case e.Kind == LastAffected && affected:
			affected = v.text == e.Version || v.Compare(ParseVersion(v.ecosystem, e.Version)) <= 0
		}
	}
	return affected
}

// sorted puts events in the order of versions, those of one version as given.
func (r Range) sorted(ecosystem string) {
	slices.SortStableFunc(r.Events, func(a, b Event) int {
		switch {
		case a.Version == b.Version:
			return 0
		case a.Version == "0":
			return -1
		case b.Version == "0":
			return 1
		}
		return ParseVersion(ecosystem, a.Version).Compare(ParseVersion(ecosystem, b.Version))
	})
}
