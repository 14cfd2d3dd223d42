package lockfile

import (
	"path"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// pom is what is read of one pom.xml.
type pom struct {
	file                  tree.File
	group, artifact       string
	version               string
	parent                coordinate
	relative              string // path of the parent; "" for ../pom.xml
	properties            map[string]string
	dependencies, managed []coordinate
}

type coordinate struct {
	group, artifact, version, scope, kind string
	line, column                          int
	versionLine                           int
}

func (c coordinate) name() string { return c.group + ":" + c.artifact }

// mavenTree is the file in which all packages of a pom.xml may be listed, and
// the command that writes it.
const (
	mavenTree    = "dependency-tree.txt"
	mavenRefresh = "mvn dependency:tree -DoutputFile=dependency-tree.txt"
)

// readPOM reads a pom.xml with its parents in the tree. It lists only what the
// app itself asks for: what these packages ask for stands nowhere, unless there
// is a list of Maven's own beside it, which is read in its place.
func readPOM(f tree.File, a *around) (*lock, error) {
	e, err := a.effective(f)
	if err != nil {
		return nil, err
	}
	l := &lock{dev: true}
	l.find = l.byName()
	if a.file(path.Join(dirOf(f), mavenTree)).Path != "" {
		l.skip = true
		return l, nil
	}
	for _, ask := range e.asks(a) {
		if ask.Package == Missing {
			ask.Open = true
			if version := exact(ask.filled); version != "" {
				ask.Open, ask.Package = false, len(l.packages)
				p := Package{Ecosystem: Maven, Name: ask.Name, Version: version, Place: ask.Name + "@" + version, Dev: ask.Dev}
				if ask.File.Path == f.Path {
					p.Line = ask.Line
				}
				if err := l.add(p, -1); err != nil {
					return nil, err
				}
			}
		}
		l.asks = append(l.asks, ask.Ask)
	}
	if len(l.packages) > 0 {
		l.gaps = append(l.gaps, Gap{Path: f.Path, What: "names packages, but not those that these bring with them", Do: "run `" + mavenRefresh + "` and add " + mavenTree})
	}
	return l, nil
}

// mavenAsk is an ask with its version filled in.
type mavenAsk struct {
	Ask
	filled string
}

// asks returns what a pom and its parents ask for. Packages that the tree itself
// makes are Local, all others Missing.
func (e *effective) asks(a *around) []mavenAsk {
	var out []mavenAsk
	seen := map[string]bool{}
	for _, p := range e.chain {
		for _, d := range p.dependencies {
			d.group, d.artifact = e.fill(d.group, 0), e.fill(d.artifact, 0)
			name := d.name()
			if seen[name] || d.group == "" || d.artifact == "" || len(name) > maxText {
				continue
			}
			seen[name] = true
			managed := e.managed(name)
			ask := Ask{Name: name, Want: d.version, File: p.file, Line: d.line, Column: d.column, Package: Missing}
			if scope := firstOf(d.scope, managed.scope); scope == "test" || scope == "provided" {
				ask.Dev = true
			}
			if i := strings.Index(string(p.file.Line(d.versionLine)), ">"+d.version+"<"); d.version != "" && i >= 0 {
				ask.WantLine, ask.WantColumn = d.versionLine, i+2
			}
			if a.ownPOM(name) {
				ask.Package = Local
			}
			out = append(out, mavenAsk{ask, e.fill(firstOf(d.version, managed.version), 0)})
		}
	}
	return out
}

// effective reads a pom with its parents.
func (a *around) effective(f tree.File) (*effective, error) {
	p, err := parsePOM(f)
	if err != nil {
		return nil, err
	}
	chain := []*pom{p}
	for at := p; at.parent.artifact != "" && len(chain) < 20; {
		up := a.parentPOM(at)
		if up == nil || slices.ContainsFunc(chain, func(c *pom) bool { return c.file.Path == up.file.Path }) {
			break
		}
		chain, at = append(chain, up), up
	}
	return &effective{chain: chain}, nil
}

// readMavenTree reads what mvn dependency:tree writes: one package a line,
// group:artifact:type[:classifier]:version:scope, with a drawing before it whose
// width is the depth.
func readMavenTree(f tree.File, a *around) (*lock, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	l, at, number := &lock{dev: true}, map[string]int{}, 0
	stack := []int{Missing}
	for line := range strings.SplitSeq(string(f.Text), "\n") {
		number++
		text := strings.TrimLeft(strings.TrimRight(line, "\r "), " |+\\-")
		depth := (len(strings.TrimRight(line, "\r ")) - len(text)) / 3
		text, _, _ = strings.Cut(text, " ")
		parts := strings.Split(text, ":")
		switch {
		case text == "":
			continue
		case len(parts) < 4 || depth >= len(stack)+1 || depth > maxDepth:
			return nil, errorf("its line %d is not right.", number)
		case depth == 0:
			stack = []int{Missing}
			continue
		case len(parts) < 5:
			return nil, errorf("its line %d is not right.", number)
		}
		name, version, scope := parts[0]+":"+parts[1], parts[len(parts)-2], parts[len(parts)-1]
		i, twice := at[name+"@"+version]
		if a.ownPOM(name) {
			i, twice = Local, true
		}
		if !twice {
			i = len(l.packages)
			at[name+"@"+version] = i
			if err := l.add(Package{Ecosystem: Maven, Name: name, Version: version, Place: name + "@" + version, Line: number, Dev: scope == "test" || scope == "provided"}, -1); err != nil {
				return nil, err
			}
		}
		stack = append(stack[:depth], i)
		if i == Local {
			continue
		}
		if depth == 1 || stack[depth-1] < 0 {
			l.roots = append(l.roots, root{name: name})
		} else {
			l.need(stack[depth-1], i)
		}
	}
	l.find = l.byName()
	manifest := a.file(path.Join(dirOf(f), "pom.xml"))
	if manifest.Path == "" {
		return l, nil
	}
	e, err := a.effective(manifest)
	if err != nil {
		return nil, errorf("its pom.xml cannot be read.")
	}
	l.roots = nil
	for _, ask := range e.asks(a) {
		if ask.Package == Missing {
			ask.Package = l.find(".", ask.Ask)
			ask.Stale = ask.Package >= 0 && exact(ask.filled) != "" && exact(ask.filled) != l.packages[ask.Package].Version
		}
		l.asks = append(l.asks, ask.Ask)
	}
	return l, nil
}

// exact returns a plain version, or the one of [1.0]; "" for a range or for
// what is left to fill in.
func exact(v string) string {
	v = strings.TrimSpace(v)
	if one, ok := strings.CutPrefix(v, "["); ok && strings.HasSuffix(one, "]") && !strings.Contains(one, ",") {
		v = strings.TrimSuffix(one, "]")
	}
	if strings.ContainsAny(v, "[](),${} ") || v == "LATEST" || v == "RELEASE" {
		return ""
	}
	return v
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// effective is a pom with its parents, the nearest first.
type effective struct{ chain []*pom }

func (e *effective) managed(name string) coordinate {
	for _, p := range e.chain {
		for _, m := range p.managed {
			if e.fill(m.group, 0)+":"+e.fill(m.artifact, 0) == name {
				return m
			}
		}
	}
	return coordinate{}
}

// fill puts properties in their places; what is not known stays.
func (e *effective) fill(s string, depth int) string {
	if !strings.Contains(s, "${") || depth > 10 || len(s) > maxText {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for s != "" {
		before, rest, ok := strings.Cut(s, "${")
		b.WriteString(before)
		if !ok {
			break
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString("${" + rest)
			break
		}
		if v := e.property(name); v != "" && b.Len() < maxText {
			b.WriteString(e.fill(v, depth+1))
		} else {
			b.WriteString("${" + name + "}")
		}
		s = after
	}
	return strings.TrimSpace(b.String())
}

func (e *effective) property(name string) string {
	name = strings.TrimPrefix(name, "pom.")
	switch p := e.chain[0]; strings.TrimPrefix(name, "project.") {
	case "version":
		return firstOf(p.version, p.parent.version)
	case "groupId":
		return firstOf(p.group, p.parent.group)
	case "artifactId":
		return p.artifact
	case "parent.version":
		return p.parent.version
	case "parent.groupId":
		return p.parent.group
	}
	for _, p := range e.chain {
		if v := p.properties[name]; v != "" {
			return v
		}
	}
	return ""
}

// parentPOM finds the parent of a pom in the tree.
func (a *around) parentPOM(p *pom) *pom {
	where := path.Join(dirOf(p.file), firstOf(p.relative, "../pom.xml"))
	if path.Ext(where) != ".xml" {
		where = path.Join(where, "pom.xml")
	}
	up := a.pom(where)
	if up == nil || up.artifact != p.parent.artifact {
		return nil
	}
	return up
}

func (a *around) pom(where string) *pom {
	if p, ok := a.poms[where]; ok {
		return p
	}
	f := a.file(where)
	var p *pom
	if f.Path != "" {
		p, _ = parsePOM(f) // its own fault is noted when it is read itself
	}
	if a.poms == nil {
		a.poms = map[string]*pom{}
	}
	a.poms[where] = p
	return p
}

// ownPOM reports whether a pom of the tree makes a package of this name.
func (a *around) ownPOM(name string) bool {
	if a.own == nil {
		a.own = map[string]bool{}
		for _, f := range a.tree.Files {
			if path.Base(f.Path) == "pom.xml" {
				if p := a.pom(f.Path); p != nil {
					a.own[firstOf(p.group, p.parent.group)+":"+p.artifact] = true
				}
			}
		}
	}
	return a.own[name]
}

// parsePOM reads one file.
func parsePOM(f tree.File) (*pom, error) {
	p := &pom{file: f, properties: map[string]string{}}
	var now coordinate
	known := false
	err := readXML(f.Text, func(at []string, e element) {
		if e.name == "dependency" {
			now = coordinate{line: e.line, column: e.column}
		}
		known = known || len(at) == 1 && e.name == "project"
		if e.name == "version" {
			now.versionLine = e.line
		}
	}, func(at []string, text string) {
		if len(text) > maxText {
			return
		}
		where := strings.TrimPrefix(strings.Join(at[min(1, len(at)):], "/"), "profiles/profile/")
		switch {
		case where == "groupId":
			p.group = text
		case where == "artifactId":
			p.artifact = text
		case where == "version":
			p.version = text
		case where == "parent/groupId":
			p.parent.group = text
		case where == "parent/artifactId":
			p.parent.artifact = text
		case where == "parent/version":
			p.parent.version = text
		case where == "parent/relativePath":
			p.relative = text
		case len(at) == 3 && at[1] == "properties" && len(p.properties) < maxPackages:
			p.properties[at[2]] = text
		case where == "dependencies/dependency" && len(p.dependencies) < maxPackages:
			p.dependencies = append(p.dependencies, now)
		case where == "dependencyManagement/dependencies/dependency" && len(p.managed) < maxPackages:
			p.managed = append(p.managed, now)
		case strings.HasPrefix(where, "dependencies/dependency/") || strings.HasPrefix(where, "dependencyManagement/dependencies/dependency/"):
			now.set(at[len(at)-1], where, text)
		}
	})
	if err == nil && !known {
		err = errorf("it describes no project.")
	}
	return p, err
}

func (c *coordinate) set(field, where, text string) {
	if strings.Contains(where, "exclusion") {
		return
	}
	switch field {
	case "groupId":
		c.group = text
	case "artifactId":
		c.artifact = text
	case "version":
		c.version = text
	case "scope":
		c.scope = text
	case "type":
		c.kind = text
	}
}
