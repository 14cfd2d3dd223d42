package dependencies

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// Check holds every package of every project against the database.
//
// A package of high or critical severity, or of unknown severity, blocks;
// lower ones, and packages used for building only, are cautions. A package
// made to do harm always blocks. Holes that the statements of vex set aside do not
// count; they are listed apart.
func Check(ctx context.Context, set *lockfile.Set, db *DB, vex VEX) (findings.Result, []core.SetAside) {
	c := &checker{db: db, vex: vex}
	for i := range set.Projects {
		p := &set.Projects[i]
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", p.Dir)
			break
		}
		c.project(p)
	}
	for _, fault := range set.Faults {
		c.res.Missed("%s", fault)
	}
	for _, g := range set.Gaps {
		c.res.Missed("%s", g.Text())
	}
	if c.other > 0 {
		c.res.Missed("%s could not be compared, because there is no data for their kind", findings.Count(c.other, "package"))
	}
	if c.strange > 0 {
		c.res.Missed("%s could not be compared, because the version is not a plain number", findings.Count(c.strange, "package"))
	}
	c.res.Looked = fmt.Sprintf("%s in %s, against %s", findings.Count(c.packages, "package"), findings.Count(c.lists, "list"), db.About())
	if n := len(c.aside); n > 0 {
		c.res.Looked += fmt.Sprintf("; %s set aside by VEX", findings.Count(n, "known hole"))
	}
	return c.res, c.aside
}

type checker struct {
	db       *DB
	vex      VEX
	aside    []core.SetAside
	res      findings.Result
	packages int
	lists    int
	strange  int
	other    int // packages that the database does not speak about
}

func (c *checker) project(p *lockfile.Project) {
	lists(&c.res, p)
	if !p.Locked {
		return
	}
	c.lists++
	seen := map[string]bool{}
	for _, pkg := range p.Packages {
		c.packages++
		if pkg.Ecosystem != lockfile.NPM {
			c.other++
			continue
		}
		if !valid(pkg.Version) {
			c.strange++
			continue
		}
		if key := pkg.Key(); !seen[key] {
			seen[key] = true
			c.judge(p, pkg)
		}
	}
}

func (c *checker) judge(p *lockfile.Project, pkg lockfile.Package) {
	m := c.clear(pkg, c.db.lookup(pkg.Name, pkg.Version))
	if len(m.advisories) == 0 {
		return
	}
	at := findings.At{Path: p.LockFile.Path, Line: pkg.Line, Column: 1, Quote: p.LockFile.Quote(pkg.Line, 1), Key: pkg.Key(), Details: m.details()}
	direct, file := pkg.Name, p.List()
	if a, ok := p.Brings(pkg); ok {
		direct, file = a.Name, a.File.Path
		if a.Line > 0 {
			at.Path, at.Line, at.Column, at.Quote = a.File.Path, a.Line, a.Column, a.File.Quote(a.Line, a.Column)
		}
	}
	code := "dependency_known_flaw"
	switch {
	case m.malicious():
		code = "dependency_malicious"
	case m.fixed == "":
		code = "dependency_no_fix"
	case direct != pkg.Name:
		code = "dependency_indirect_flaw"
	}
	f := findings.New(code, at, "package", pkg.Name, "version", pkg.Version, "fixed", m.fixed, "direct", direct, "file", file)
	if !m.malicious() && (!m.grave() || pkg.Dev) {
		f.Severity, f.Blocking = core.Caution, false
	}
	c.res.Add(f)
}
