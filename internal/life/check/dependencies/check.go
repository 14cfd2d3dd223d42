package dependencies

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Check holds every package of every project against the database.
//
// A package of high or critical severity, or of unknown severity, blocks;
// lower ones, and packages used for building only, are cautions. A package
// made to do harm always blocks. Holes that the statements of vex set aside do not
// count; they are listed apart.
func Check(ctx context.Context, set *lockfile.Set, db *DB, vex VEX) (findings.Result, []core.SetAside) {
	c := &checker{db: db, vex: vex}
	for _, p := range set.Projects {
		if ctx.Err() != nil {
			c.res.Missed("the time ran out before %s", p.Dir)
			break
		}
		c.project(p)
	}
	for _, fault := range set.Faults {
		c.res.Missed("%s", fault)
	}
	for _, path := range set.Foreign {
		c.res.Missed("%s lists packages in a form that cannot be read yet", path)
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
}

func (c *checker) project(p lockfile.Project) {
	asks := p.Asks.Names()
	switch {
	case p.LockFile.Path == "" && len(asks) > 0:
		c.res.Add(findings.New("lockfile_missing", findings.At{Path: p.Manifest.Path, Key: "lock"}, "file", p.Manifest.Path))
		c.res.Missed("%s names %s without exact versions", p.Manifest.Path, findings.Count(len(asks), "package"))
	case p.Lock == nil:
		return
	}
	if p.Lock == nil {
		return
	}
	c.lists++
	for _, name := range asks {
		if _, ok := p.Lock.Resolve("", name); !ok {
			line, col := lineOf(p.Manifest, name)
			c.res.Add(findings.New("lockfile_stale", findings.At{Path: p.Manifest.Path, Line: line, Column: col, Quote: p.Manifest.Quote(line, col), Key: name}, "file", p.Manifest.Path, "package", name))
		}
	}
	direct := p.Lock.Direct()
	seen := map[string]bool{}
	for _, pkg := range p.Lock.Packages {
		c.packages++
		if !valid(pkg.Version) {
			c.strange++
			continue
		}
		if key := pkg.Name + "@" + pkg.Version; !seen[key] {
			seen[key] = true
			c.judge(p, pkg, direct[pkg.Path])
		}
	}
}

func (c *checker) judge(p lockfile.Project, pkg lockfile.Package, direct string) {
	m := c.clear(pkg, c.db.lookup(pkg.Name, pkg.Version))
	if len(m.advisories) == 0 {
		return
	}
	if direct == "" {
		direct = pkg.Name
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
	file, line, col := place(p, direct, pkg)
	f := findings.New(code, findings.At{Path: file.Path, Line: line, Column: col, Quote: file.Quote(line, col), Key: pkg.Name + "@" + pkg.Version, Details: m.details()},
		"package", pkg.Name, "version", pkg.Version, "fixed", m.fixed, "direct", direct, "file", manifestPath(p))
	if !m.malicious() && (!m.grave() || pkg.Dev) {
		f.Severity, f.Blocking = core.Caution, false
	}
	c.res.Add(f)
}

// place points at the line of package.json that the maker changes, or at the
// package's own entry in the lock file.
func place(p lockfile.Project, direct string, pkg lockfile.Package) (tree.File, int, int) {
	if line, col := lineOf(p.Manifest, direct); line > 0 {
		return p.Manifest, line, col
	}
	line, col := lineOf(p.LockFile, pkg.Path)
	return p.LockFile, line, col
}

func manifestPath(p lockfile.Project) string {
	if p.Manifest.Path != "" {
		return p.Manifest.Path
	}
	return strings.TrimPrefix(p.Dir+"/package.json", "./")
}

// lineOf finds the line that has "name": as a key.
func lineOf(f tree.File, name string) (line, column int) {
	quoted := []byte(`"` + name + `"`)
	for from := 0; ; {
		i := bytes.Index(f.Text[from:], quoted)
		if i < 0 {
			return 0, 0
		}
		after := bytes.TrimLeft(f.Text[from+i+len(quoted):], " \t")
		if bytes.HasPrefix(after, []byte(":")) {
			return f.Place(from + i)
		}
		from += i + len(quoted)
	}
}
