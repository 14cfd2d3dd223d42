// Package licences judges the terms under which an app's packages come: known
// and free to use, sharing terms (strong copyleft), or not known.
package licences

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Kind is what a licence means for an app.
type Kind int

// The kinds, mildest first.
const (
	Free     Kind = iota // known, without sharing terms for the app
	Unknown              // not given, or not a licence we know
	Copyleft             // whoever gets the app may ask for its code
)

// Check judges every package of every project. Packages of unknown terms
// share one finding.
func Check(set *lockfile.Set) findings.Result {
	var res findings.Result
	var unknown []string
	packages, seen := 0, map[string]bool{}
	for _, p := range set.Projects {
		if !p.Locked {
			if len(p.Asks) > 0 {
				res.Missed("the terms of the packages of %s are not known, for want of a readable %s", p.List(), p.Wanted)
			}
			continue
		}
		for _, pkg := range p.Packages {
			packages++
			key := pkg.Key()
			if seen[key] || pkg.Dev {
				continue
			}
			seen[key] = true
			switch Judge(pkg.Licence) {
			case Copyleft:
				res.Add(findings.New("licence_copyleft", findings.At{Path: p.LockFile.Path, Key: key, Details: "licence " + pkg.Licence}, "package", pkg.Name, "version", pkg.Version, "licence", pkg.Licence))
			case Unknown:
				unknown = append(unknown, pkg.Name)
			}
		}
	}
	for _, g := range set.Gaps {
		res.Missed("%s", g.Text())
	}
	if len(unknown) > 0 {
		res.Add(unknownFinding(unknown))
	}
	res.Looked = fmt.Sprintf("%s, %d of unknown terms", findings.Count(packages, "package"), len(unknown))
	return res
}

func unknownFinding(names []string) core.Finding {
	slices.Sort(names)
	names = slices.Compact(names)
	shown := names[:min(5, len(names))]
	list := "`" + strings.Join(shown, "`, `") + "`"
	if len(names) > len(shown) {
		list += fmt.Sprintf(" and %d more", len(names)-len(shown))
	}
	return findings.New("licence_unknown", findings.At{Key: strings.Join(names, " "), Details: strings.Join(names, " ")}, "count", findings.Count(len(names), "package"), "packages", list)
}
