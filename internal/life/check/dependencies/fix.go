package dependencies

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// place points at the line that the maker changes, or at the package's own
// entry in the lock file.
func (c *checker) place(p *lockfile.Project, h hole, g *group) findings.At {
	file, line, column := p.LockFile, h.pkg.Line, 1
	if g.asked && g.ask.Line > 0 {
		file, line, column = g.ask.File, g.ask.Line, g.ask.Column
	}
	return findings.At{Path: file.Path, Line: line, Column: column, Quote: file.Quote(line, column)}
}

// raise returns the edit that brings a package to its lowest good version, if
// one line holds the version and nothing else does.
func raise(p *lockfile.Project, g *group, h hole) []core.Edit {
	if h.match.Fixed == "" {
		return nil
	}
	file, line, column, want := g.ask.File, g.ask.WantLine, g.ask.WantColumn, g.ask.Want
	if !g.asked || line == 0 {
		if !ownList(p) || h.pkg.Line == 0 {
			return nil
		}
		file, line, want = p.LockFile, h.pkg.Line, h.pkg.Version
		column = columnOf(file, line, want)
	}
	if len(h.pkg.Hashes) > 0 && file.Path == p.LockFile.Path {
		return nil // the sums beside it would be wrong
	}
	at, old := literal(want)
	if column == 0 || old == "" || columnOf(file, line, want) == 0 {
		return nil
	}
	return []core.Edit{{Kind: core.EditReplace, Path: file.Path, Line: line, Column: column + at, End: column + at + len(old), Old: old, New: written(p, h.match.Fixed)}}
}

// ownList reports whether people write a project's list by hand.
func ownList(p *lockfile.Project) bool {
	switch path.Base(p.LockFile.Path) {
	case "go.mod", "pom.xml", "packages.config":
		return true
	}
	return p.Tool == "pip"
}

// columnOf finds a text that stands in a line exactly once; 0 if it does not.
func columnOf(f tree.File, line int, text string) int {
	s := string(f.Line(line))
	i := strings.Index(s, text)
	if i < 0 || text == "" || strings.Contains(s[i+1:], text) {
		return 0
	}
	return utf8.RuneCountInString(s[:i]) + 1
}

var oneVersion = regexp.MustCompile(`^(?:===?|~=|~>|>=|[=^~])?\s*(v?[0-9][0-9A-Za-z.+!_-]*)$`)

// literal finds the only version in what is asked for: "^4.17.0" holds one,
// ">=1 <2" and "*" do not. Wildcards are no versions.
func literal(want string) (at int, version string) {
	m := oneVersion.FindStringSubmatchIndex(want)
	if m == nil || slices.ContainsFunc(strings.Split(want[m[2]:m[3]], "."), func(s string) bool { return s == "x" || s == "X" }) {
		return 0, ""
	}
	return m[2], want[m[2]:m[3]]
}

// written is a version as the project's files write it.
func written(p *lockfile.Project, version string) string {
	if p.Ecosystem == lockfile.Go && version != "" && !strings.HasPrefix(version, "v") {
		return "v" + version
	}
	return version
}

// plainName takes only what is a package's name and no more: names go into
// commands that people copy.
var plainName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9@_][A-Za-z0-9@._/:~-]{0,213}$`) })

// update is the command that brings packages of packages to mended versions;
// "" where the tool has none.
func update(p *lockfile.Project, holes []hole) string {
	var names, fixed []string
	for _, h := range holes {
		if h.match.Fixed == "" || !plainName().MatchString(h.pkg.Name) || slices.Contains(names, h.pkg.Name) {
			continue
		}
		names = append(names, h.pkg.Name)
		fixed = append(fixed, h.pkg.Name+"@"+written(p, h.match.Fixed))
	}
	if len(names) == 0 {
		return ""
	}
	names, fixed = names[:min(len(names), 4)], fixed[:min(len(names), 4)]
	all := strings.Join(names, " ")
	switch p.Tool {
	case "npm":
		return "npm update " + all
	case "pnpm":
		return "pnpm update -r --depth Infinity " + all
	case "yarn":
		if bytes.Contains(p.LockFile.Text[:min(200, len(p.LockFile.Text))], []byte("# yarn lockfile v1")) {
			return "" // it can only change what the app itself asks for
		}
		return "yarn up -R " + all
	case "bun":
		return "bun update " + all
	case "go":
		return "go get " + strings.Join(fixed, " ")
	case "poetry", "pdm":
		return p.Tool + " update " + all
	case "pipenv":
		return "pipenv upgrade " + all
	case "uv":
		return "uv lock --upgrade-package " + strings.Join(names, " --upgrade-package ")
	case "composer":
		return "composer update " + all
	case "bundler":
		return "bundle update " + all
	case "cargo":
		return "cargo update " + all
	}
	return ""
}

// refresh is the command that follows an edit; "" where the edit is all.
func refresh(p *lockfile.Project) string {
	if p.Tool == "pip" {
		return ""
	}
	return p.Refresh
}

// sums is the file that changes with that command.
func sums(p *lockfile.Project) string {
	if p.Tool == "go" {
		return strings.TrimSuffix(p.LockFile.Path, "go.mod") + "go.sum"
	}
	return p.LockFile.Path
}

// complete takes out steps for which there is no command.
func complete(f core.Finding) core.Finding {
	f.Fix = slices.DeleteFunc(f.Fix, func(s string) bool { return strings.HasPrefix(s, "Run ``") })
	return f
}
