// Package licences judges the terms under which an app's packages come. What a
// licence asks for is a class (package spdx); what becomes of it is the
// organisation's decision, by the app's audience and classification. A package
// of unknown terms is a state of its own, neither good nor bad.
package licences

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/spdx"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Check judges every package of every project, but those for building only.
// Packages of unknown terms share one finding.
func Check(set *lockfile.Set, rules Rules) findings.Result {
	c := &checker{rules: rules, seen: map[string]bool{}}
	for i := range set.Projects {
		c.project(&set.Projects[i])
	}
	for _, f := range set.Faults {
		c.res.Missed("%s", f)
	}
	for _, g := range set.Gaps {
		c.res.Missed("%s", g.Text())
	}
	if len(c.unknown) > 0 && rules.unknown() != "allow" {
		c.res.Add(c.unknownFinding())
	}
	c.res.Looked = fmt.Sprintf("%s, %d of unknown terms", findings.Count(set.Packages(), "package"), len(c.unknown))
	c.res.Seen = core.Coverage{Packages: set.Packages(), Unmatched: len(c.unknown)}
	return c.res
}

type checker struct {
	rules   Rules
	res     findings.Result
	seen    map[string]bool
	unknown []stranger
}

// stranger is a package of unknown terms, and what brings it in.
type stranger struct{ name, key, direct, list string }

// some quotes the first of several names: five at most, and fewer if they are
// long.
func some(names []string) string {
	list, n := "", 0
	for n < min(5, len(names)) && (n == 0 || len(list)+len(names[n]) < 110) {
		if n > 0 {
			list += ", "
		}
		list += "`" + names[n] + "`"
		n++
	}
	if n == len(names) {
		return list
	}
	return fmt.Sprintf("%s and %d more", list, len(names)-n)
}

func (c *checker) project(p *lockfile.Project) {
	if !p.Locked && len(p.Asks) > 0 {
		c.res.Missed("the terms of the packages of %s are not known, for want of a readable %s", p.List(), p.Wanted)
	}
	if open := p.Open(); len(open) > 0 {
		c.res.Missed("the terms of %s of %s are not known, because their versions are open", findings.Count(len(open), "package"), p.List())
	}
	for _, pkg := range p.Packages {
		key := string(pkg.Ecosystem) + " " + pkg.Key()
		if pkg.Dev || c.seen[key] {
			continue
		}
		c.seen[key] = true
		switch v, class := c.rules.Judge(pkg.Licence); v {
		case NotKnown:
			s := stranger{name: pkg.Name, key: pkg.Key(), direct: pkg.Name, list: p.List()}
			if a, ok := p.Brings(pkg); ok {
				s.direct = a.Name
			}
			c.unknown = append(c.unknown, s)
		case Denied:
			c.add("licence_refused", p, pkg)
		case Asked:
			switch class {
			case spdx.Copyleft:
				c.add("licence_copyleft", p, pkg)
			case spdx.Network:
				c.add("licence_network", p, pkg)
			default:
				c.add("licence_asked", p, pkg)
			}
		}
	}
}

// add makes a finding that points at the line that asks for the package, or for
// the one that brings it in.
func (c *checker) add(code string, p *lockfile.Project, pkg lockfile.Package) {
	at := findings.At{Path: p.LockFile.Path, Line: pkg.Line, Quote: p.LockFile.Quote(pkg.Line, 1), Key: pkg.Key(), Details: "licence " + pkg.Licence + ", " + pkg.PURL()}
	direct, file, comes := pkg.Name, p.List(), ""
	if a, ok := p.Brings(pkg); ok {
		direct, file = a.Name, a.File.Path
		if a.Line > 0 {
			at.Path, at.Line, at.Column, at.Quote = a.File.Path, a.Line, a.Column, a.File.Quote(a.Line, a.Column)
		}
		if !pkg.Direct {
			comes = fmt.Sprintf(" It comes with `%s`.", direct)
		}
	}
	c.res.Add(findings.New(code, at, "package", pkg.Name, "version", pkg.Version, "licence", pkg.Licence, "comes", comes, "direct", direct, "file", file))
}

func (c *checker) unknownFinding() core.Finding {
	slices.SortFunc(c.unknown, func(a, b stranger) int { return strings.Compare(a.key, b.key) })
	var names, details []string
	for _, s := range c.unknown {
		names = append(names, s.name)
		d := s.key
		if s.direct != s.name {
			d += " (by " + s.direct + ")"
		}
		details = append(details, d)
	}
	names = slices.Compact(names)
	f := findings.New("licence_unknown", findings.At{Path: c.unknown[0].list, Key: strings.Join(names, " "), Details: strings.Join(details, ", ")}, "count", findings.Count(len(names), "package"), "packages", some(names))
	if c.rules.unknown() == "deny" {
		f.Severity, f.Blocking = core.Blocker, true
	}
	return f
}
