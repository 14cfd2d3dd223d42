package lockfile

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

type nugetEntry struct {
	Type         string            `json:"type"`
	Requested    string            `json:"requested"`
	Resolved     string            `json:"resolved"`
	ContentHash  string            `json:"contentHash"`
	Dependencies map[string]string `json:"dependencies"`
}

// readNuGetLock reads a packages.lock.json. A package of several frameworks is
// one for each version. Names are compared without regard to case.
func readNuGetLock(f tree.File, _ *around) (*lock, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	l, ids, names, known := &lock{}, map[string]int{}, map[string]int{}, false
	for _, part := range top {
		if part.name != "dependencies" {
			continue
		}
		known = true
		frameworks, err := members(part.value, part.at)
		if err != nil {
			return nil, errorf("its dependencies are not right: %v.", err)
		}
		for _, fw := range frameworks {
			if err := l.framework(fw, ids, names); err != nil {
				return nil, err
			}
		}
	}
	if !known {
		return nil, errorf("it has no list of packages.")
	}
	l.find = func(_ string, a Ask) int {
		if i, ok := names[strings.ToLower(a.Name)]; ok {
			return i
		}
		return Missing
	}
	return l, nil
}

func (l *lock) framework(fw member, ids, names map[string]int) error {
	all, err := members(fw.value, fw.at)
	if err != nil {
		return errorf("its packages of %.80q are not right: %v.", fw.name, err)
	}
	here, asks := map[string]int{}, map[int]map[string]string{}
	for _, m := range all {
		var e nugetEntry
		if err := json.Unmarshal(m.value, &e); err != nil {
			return errorf("its entry %.80q is not right: %v.", m.name, err)
		}
		lower := strings.ToLower(m.name)
		if e.Type == "Project" {
			here[lower] = Local
			keepFirst(names, lower, Local)
			continue
		}
		if e.Resolved == "" || m.name == "" {
			return errorf("its entry %.80q has no version.", m.name)
		}
		i, twice := ids[lower+"@"+e.Resolved]
		if !twice {
			i = len(l.packages)
			p := Package{Ecosystem: NuGet, Name: m.name, Version: e.Resolved, Place: m.name + "@" + e.Resolved}
			if raw, err := base64.StdEncoding.DecodeString(e.ContentHash); err == nil && len(raw) == 64 {
				p.Hashes = []Hash{{"SHA-512", hex.EncodeToString(raw)}}
			}
			if err := l.add(p, m.key); err != nil {
				return err
			}
			ids[lower+"@"+e.Resolved] = i
			if e.Type == "Direct" {
				l.roots = append(l.roots, root{name: m.name, want: e.Requested})
			}
		}
		here[lower], asks[i] = i, e.Dependencies
		if old, ok := names[lower]; !ok || old == Local {
			names[lower] = i
		}
	}
	for i, needs := range asks {
		for name := range needs {
			if to, ok := here[strings.ToLower(name)]; ok {
				l.need(i, to)
			}
		}
	}
	return nil
}

// element is one XML element with its attributes, by name.
type element struct {
	name         string
	attributes   map[string]string
	line, column int
}

// readXML calls visit for each element of a file, with the names of those it is
// inside, and with the text right inside it at its end.
func readXML(data []byte, open func(path []string, e element), closed func(path []string, text string)) error {
	if len(data) > maxSize {
		return errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var path []string
	var text strings.Builder
	for {
		line, column := d.InputPos()
		t, err := d.Token()
		if errors.Is(err, io.EOF) && len(path) == 0 {
			return nil
		}
		if err != nil {
			return errorf("it is not right: %v.", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if path = append(path, t.Name.Local); len(path) > maxDepth {
				return errorf("it is nested more than %d deep.", maxDepth)
			}
			e := element{name: t.Name.Local, attributes: map[string]string{}, line: line, column: column}
			for _, a := range t.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			open(path, e)
			text.Reset()
		case xml.CharData:
			if text.Len() < maxText {
				text.Write(t)
			}
		case xml.EndElement:
			closed(path, strings.TrimSpace(text.String()))
			text.Reset()
			path = path[:len(path)-1]
		}
	}
}

func projectFile(base string) bool {
	switch path.Ext(base) {
	case ".csproj", ".fsproj", ".vbproj":
		return true
	}
	return false
}

// readCSProj reads the PackageReference elements of a project.
func readCSProj(f tree.File) (*manifest, error) {
	m := &manifest{tool: "nuget"}
	last := -1
	err := readXML(f.Text, func(_ []string, e element) {
		if e.name != "PackageReference" {
			return
		}
		last = -1
		name := e.attributes["Include"]
		if name == "" || len(name) > maxText || len(m.asks) >= maxPackages {
			return
		}
		want := e.attributes["Version"]
		a := Ask{Name: name, Want: want, Dev: e.attributes["PrivateAssets"] == "all", File: f, Line: e.line, Column: e.column}
		if i := strings.Index(string(f.Line(a.Line)), `"`+want+`"`); want != "" && i >= 0 {
			a.WantLine, a.WantColumn = a.Line, i+2
		}
		last = len(m.asks)
		m.asks = append(m.asks, a)
	}, func(path []string, text string) {
		if last >= 0 && len(path) > 1 && path[len(path)-2] == "PackageReference" {
			switch path[len(path)-1] {
			case "Version":
				m.asks[last].Want = text
			case "PrivateAssets":
				m.asks[last].Dev = text == "all"
			}
		}
	})
	m.asks = unique(m.asks)
	return m, err
}

// readPackagesConfig reads a packages.config, which lists all packages in exact
// versions.
func readPackagesConfig(f tree.File, _ *around) (*lock, error) {
	l, seen, top := &lock{dev: true}, map[string]bool{}, false
	var bad error
	err := readXML(f.Text, func(path []string, e element) {
		top = top || len(path) == 1 && e.name == "packages"
		if e.name != "package" || bad != nil {
			return
		}
		p := Package{Ecosystem: NuGet, Name: e.attributes["id"], Version: e.attributes["version"], Line: e.line, Dev: e.attributes["developmentDependency"] == "true"}
		if p.Name == "" || p.Version == "" {
			bad = errorf("its line %d names no package with a version.", e.line)
			return
		}
		if p.Place = p.Key(); !seen[p.Place] {
			seen[p.Place] = true
			bad = l.add(p, -1)
		}
	}, func([]string, string) {})
	switch {
	case err != nil:
		return nil, err
	case bad != nil:
		return nil, bad
	case !top:
		return nil, errorf("it has no list of packages.")
	}
	l.find = l.byName()
	return l, nil
}
