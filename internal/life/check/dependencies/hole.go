package dependencies

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// hole is one package in one version with what is wrong with it.
type hole struct {
	pkg   lockfile.Package
	index int // of the project's packages
	match osv.Match
}

// goStandard is Go's own library, which is no package to change: the version of
// Go is.
const goStandard = "stdlib"

// holes looks all packages of a project up and adds a finding for each thing to
// change. A package that is there twice in one version counts once, for
// building only if it is so each time.
func (c *checker) holes(p *lockfile.Project) {
	var found []hole
	first := map[string]int{} // index in found+1 by ecosystem, name and version; 0 for none
	for i, pkg := range p.Packages {
		k := c.count(pkg)
		key := string(pkg.Ecosystem) + "\x00" + pkg.Key()
		at, seen := first[key]
		if seen && (at == 0 || found[at-1].pkg.Dev == pkg.Dev || pkg.Dev) {
			continue
		}
		if seen {
			found[at-1].pkg.Dev = false
			continue
		}
		first[key] = 0
		if !osv.ParseVersion(string(pkg.Ecosystem), pkg.Version).Comparable() {
			k.strange = append(k.strange, pkg.Key())
			continue
		}
		if m := c.clear(pkg, c.lookup(string(pkg.Ecosystem), pkg.Name, pkg.Version)); len(m.Advisories) > 0 && pkg.Name != goStandard {
			found = append(found, hole{pkg, i, m})
			first[key] = len(found)
		}
	}
	c.groups(p, found)
	c.toolchain(p)
}

func (c *checker) count(pkg lockfile.Package) *kind {
	c.packages++
	name := string(pkg.Ecosystem)
	if c.kinds[name] == nil {
		c.kinds[name] = &kind{}
	}
	c.kinds[name].packages++
	return c.kinds[name]
}

// lookup asks the database; a fault is kept for the account.
func (c *checker) lookup(ecosystem, name, version string) osv.Match {
	if c.in.Data.DB == nil {
		return osv.Match{}
	}
	m, err := c.in.Data.DB.Match(ecosystem, name, version)
	if err != nil {
		c.broken = err
	}
	return m
}

func (h hole) malicious() bool {
	return slices.ContainsFunc(h.match.Advisories, func(a osv.Advisory) bool { return a.Malicious })
}

// grave reports whether the hole stands in the way of a merge.
func (h hole) grave() bool {
	return !h.pkg.Dev && slices.ContainsFunc(h.match.Advisories, func(a osv.Advisory) bool { return a.Grave() })
}

// details lists a hole's advisories for engineers.
func (h hole) details() string {
	var parts []string
	for _, a := range h.match.Advisories {
		s := a.Level.String() + " " + a.ID
		if cve := a.CVE(); cve != "" && cve != a.ID {
			s += " (" + cve + ")"
		}
		if a.Summary != "" {
			s += ": " + a.Summary
		}
		parts = append(parts, s)
	}
	s := h.pkg.Key() + ": " + strings.Join(parts, "; ")
	if h.match.Fixed != "" {
		s += "; mended in " + h.match.Fixed
	}
	return s
}
