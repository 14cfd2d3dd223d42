package dependencies

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// scripts says which packages run a program when they are installed: one finding
// for each list.
func (c *checker) scripts(p *lockfile.Project) {
	var names, keys []string
	line := 0
	for _, pkg := range p.Packages {
		if !pkg.Script || slices.Contains(names, findings.Verbatim(pkg.Name)) {
			continue
		}
		if line == 0 {
			line = pkg.Line
		}
		names, keys = append(names, findings.Verbatim(pkg.Name)), append(keys, pkg.Key())
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	slices.Sort(keys)
	at := findings.At{Path: p.LockFile.Path, Line: line, Column: 1, Quote: p.LockFile.Quote(line, 1), Key: strings.Join(keys, "\x00"), Details: strings.Join(keys, ", ")}
	c.res.Add(findings.New("install_script", at, "count", findings.Count(len(names), "package"), "packages", few(names, 6), "lock", p.LockFile.Path))
}
