package dependencies

import (
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// lists finds what is wrong with a project's lists themselves: none with exact
// versions, one made for other asks, or versions that are left open.
func lists(res *findings.Result, p *lockfile.Project) {
	file := p.List()
	missing := func(lock string) {
		res.Add(findings.New("lockfile_missing", findings.At{Path: file, Key: "lock " + lock}, "file", file, "lock", lock, "command", p.Refresh))
	}
	if !p.Locked {
		if p.LockFile.Path == "" && len(p.Asks) > 0 {
			missing(p.Wanted)
			res.Missed("%s names %s without exact versions", file, findings.Count(len(p.Asks), "package"))
		}
		return
	}
	if p.Lacks != "" {
		missing(p.Lacks)
	}
	for _, a := range p.Stale() {
		res.Add(findings.New("lockfile_stale", findings.At{Path: a.File.Path, Line: a.Line, Column: a.Column, Quote: a.File.Quote(a.Line, a.Column), Key: a.Name},
			"file", a.File.Path, "package", a.Name, "lock", p.LockFile.Path, "command", p.Refresh))
	}
	if open := p.Open(); len(open) > 0 {
		first := open[0]
		names := make([]string, len(open))
		for i, a := range open {
			names[i] = a.Name
		}
		res.Add(findings.New("package_unpinned", findings.At{Path: first.File.Path, Line: first.Line, Column: first.Column, Quote: first.File.Quote(first.Line, first.Column), Key: "open", Details: strings.Join(names, " ")},
			"file", file, "package", first.Name, "packages", some(names)))
		res.Missed("%s names %s without exact versions", file, findings.Count(len(open), "package"))
	}
}

// some quotes the first five of several names.
func some(names []string) string {
	shown := names[:min(5, len(names))]
	s := "`" + strings.Join(shown, "`, `") + "`"
	if len(names) > len(shown) {
		s += fmt.Sprintf(" and %d more", len(names)-len(shown))
	}
	return s
}
