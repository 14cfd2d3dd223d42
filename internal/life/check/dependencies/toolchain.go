package dependencies

import (
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/osv"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// toolchain looks the version of Go itself up, if the project fixes it. Its
// holes are one caution: a newer Go mends them all, and most programs meet few.
func (c *checker) toolchain(p *lockfile.Project) {
	if p.Ecosystem != lockfile.Go || p.Toolchain == "" {
		return
	}
	if c.kinds[string(lockfile.Go)] == nil {
		c.kinds[string(lockfile.Go)] = &kind{}
	}
	pkg := lockfile.Package{Ecosystem: lockfile.Go, Name: goStandard, Version: p.Toolchain}
	m := c.clear(pkg, c.lookup(string(lockfile.Go), goStandard, p.Toolchain))
	if len(m.Advisories) == 0 {
		return
	}
	var ids []string
	for _, a := range m.Advisories {
		ids = append(ids, a.ID)
	}
	line := lineWith(p, "toolchain go"+p.Toolchain)
	at := findings.At{Path: p.LockFile.Path, Line: line, Column: 1, Quote: p.LockFile.Quote(line, 1), Key: goStandard + "\x00" + strings.Join(ids, "\x00"), Details: few(ids, 20)}
	if col := columnOf(p.LockFile, line, p.Toolchain); col > 0 && m.Fixed != "" && released(m.Fixed) {
		at.Edits = []core.Edit{{Kind: core.EditReplace, Path: p.LockFile.Path, Line: line, Column: col, End: col + len(p.Toolchain), Old: p.Toolchain, New: m.Fixed}}
	}
	code := "toolchain_flaw"
	if m.Fixed == "" {
		code = "toolchain_no_fix"
	}
	c.res.Add(findings.New(code, at, "version", p.Toolchain, "count", findings.Count(len(ids), "known hole"), "fixed", m.Fixed, "file", p.LockFile.Path))
}

// released reports a version that is no release candidate.
func released(version string) bool { return !osv.ParseVersion("Go", version).Prerelease() }

// lineWith returns the first line of a project's list that is a text; 0 if none is.
func lineWith(p *lockfile.Project, text string) int {
	lines := strings.Split(string(p.LockFile.Text), "\n")
	return slices.IndexFunc(lines, func(s string) bool { return strings.Join(strings.Fields(s), " ") == text }) + 1
}
