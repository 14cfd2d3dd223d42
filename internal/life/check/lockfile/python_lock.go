package lockfile

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// pythonLock is a list of Poetry, uv or PDM, or a pylock.toml.
type pythonLock struct {
	lock
	all     map[string][]int // normalised name -> indexes
	folders map[string]bool  // of the app
	local   map[string]bool  // names of its folders
}

func readPoetry(f tree.File, _ *around) (*lock, error) { return readPython(f, "[[package]]") }
func readUV(f tree.File, _ *around) (*lock, error)     { return readPython(f, "[[package]]") }
func readPDM(f tree.File, _ *around) (*lock, error)    { return readPython(f, "[[package]]") }
func readPylock(f tree.File, _ *around) (*lock, error) { return readPython(f, "[[packages]]") }

func readPython(f tree.File, header string) (*lock, error) {
	doc, at, err := readTOML(f, header)
	if err != nil {
		return nil, err
	}
	l := &pythonLock{all: map[string][]int{}, folders: map[string]bool{}, local: map[string]bool{}}
	entries := append(doc.Package, doc.Packages...)
	kept := map[int]tomlPackage{}
	for i, e := range entries {
		name := PythonName(e.Name)
		if name == "" {
			return nil, errorf("its package number %d has no name.", i+1)
		}
		if dir, ok := e.folder(); ok {
			l.folders[dir], l.local[name] = true, true
			l.own(e)
			continue
		}
		p := e.python(name, doc.Metadata.Files)
		if p.Version == "" {
			return nil, errorf("its package %.80q has no version.", name)
		}
		kept[len(l.packages)] = e
		l.all[name] = append(l.all[name], len(l.packages))
		l.lock.dev = l.lock.dev || e.Category != "" || len(e.Groups) > 0
		if err := l.add(p, at[i]); err != nil {
			return nil, err
		}
	}
	for i := range l.packages {
		for _, to := range dependsOn(kept[i].Dependencies) {
			for _, j := range l.all[to] {
				l.need(i, j)
			}
		}
		for _, extra := range sortedKeys(kept[i].Optional) {
			for _, to := range dependsOn(kept[i].Optional[extra]) {
				for _, j := range l.all[to] {
					l.need(i, j)
				}
			}
		}
	}
	l.covers = func(dir string, _ *manifest) bool { return l.folders[dir] }
	l.find = func(_ string, a Ask) int {
		if all := l.all[a.Name]; len(all) > 0 {
			return all[0]
		}
		if l.local[a.Name] {
			return Local
		}
		return Missing
	}
	return &l.lock, nil
}

// own keeps what a folder of the app asks for, for lists without a manifest.
func (l *pythonLock) own(e tomlPackage) {
	for _, name := range dependsOn(e.Dependencies) {
		l.roots = append(l.roots, root{name: name})
	}
	for _, extra := range sortedKeys(e.Optional) {
		for _, name := range dependsOn(e.Optional[extra]) {
			l.roots = append(l.roots, root{name: name})
		}
	}
	for _, group := range sortedKeys(e.Development) {
		for _, name := range dependsOn(e.Development[group]) {
			l.roots = append(l.roots, root{name: name, dev: true})
		}
	}
}

// folder returns the folder of an entry that is the app's own.
func (e tomlPackage) folder() (string, bool) {
	source := table(e.Source)
	if dir := stringOf(source, "editable", "virtual", "directory"); dir != "" {
		return strings.TrimPrefix(dir, "./"), true
	}
	if stringOf(source, "type") == "directory" {
		return strings.TrimPrefix(stringOf(source, "url"), "./"), true
	}
	if dir := stringOf(e.Directory, "path"); dir != "" {
		return dir, true
	}
	return e.Path, e.Path != "" && !strings.HasSuffix(e.Path, ".whl") && !strings.HasSuffix(e.Path, ".gz")
}

func (e tomlPackage) python(name string, files map[string][]tomlFile) Package {
	p := Package{Ecosystem: PyPI, Name: name, Version: e.Version, Place: name + "==" + e.Version}
	source := table(e.Source)
	p.Resolved = stringOf(source, "url", "git", "path")
	if rev := stringOf(source, "resolved_reference"); rev != "" {
		p.Resolved += "#" + rev
	}
	if e.Git != "" {
		p.Resolved = e.Git + "#" + e.Revision
	}
	if vcs := stringOf(e.VCS, "url"); vcs != "" {
		p.Resolved = vcs + "#" + stringOf(e.VCS, "commit-id")
	}
	if p.Version == "" { // built from source: the commit is all there is
		_, p.Version, _ = strings.Cut(p.Resolved, "#")
	}
	if len(e.Groups) > 0 {
		p.Dev = !slices.Contains(e.Groups, "main") && !slices.Contains(e.Groups, "default")
	}
	p.Dev = p.Dev || e.Category == "dev"
	p.Hashes = sdist(e, append(e.Files, files[e.Name]...))
	return p
}

// sdist returns the sum of the source archive: the one file that is the same on
// each system; or that of the only file.
func sdist(e tomlPackage, files []tomlFile) []Hash {
	f := e.Sdist
	if len(files) == 1 {
		f = files[0]
	}
	for _, x := range files {
		if strings.HasSuffix(x.File, ".tar.gz") || strings.HasSuffix(x.File, ".zip") {
			f = x
		}
	}
	if f.Hash == "" && f.Hashes == nil && len(e.Wheels) == 1 {
		f = e.Wheels[0]
	}
	algorithm, value, _ := strings.Cut(f.Hash, ":")
	if f.Hash == "" {
		algorithm, value = "sha256", stringOf(f.Hashes, "sha256")
	}
	if h, ok := hashOf(algorithm, value); ok {
		return []Hash{h}
	}
	return nil
}

// dependsOn returns the normalised names in what a package asks for: a map by
// name (Poetry), a list of tables (uv) or of requirements (PDM).
func dependsOn(v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			out = append(out, PythonName(name))
		}
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				if r, ok := parseRequirement(s); ok {
					out = append(out, r.name)
				}
			} else if s := stringOf(table(e), "name"); s != "" {
				out = append(out, PythonName(s))
			}
		}
	}
	return out
}

// readPipfileLock reads a Pipfile.lock.
func readPipfileLock(f tree.File, _ *around) (*lock, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	l := &lock{dev: true}
	known := false
	seen := map[string]bool{}
	for _, group := range top {
		if group.name == "_meta" {
			known = true
			continue
		}
		all, err := members(group.value, group.at)
		if err != nil {
			return nil, errorf("its part %.80q is not right: %v.", group.name, err)
		}
		for _, m := range all {
			var e struct {
				Version string   `json:"version"`
				Hashes  []string `json:"hashes"`
				Git     string   `json:"git"`
				Ref     string   `json:"ref"`
				Path    string   `json:"path"`
				File    string   `json:"file"`
			}
			if err := json.Unmarshal(m.value, &e); err != nil {
				return nil, errorf("its entry %.80q is not right: %v.", m.name, err)
			}
			p := Package{Ecosystem: PyPI, Name: PythonName(m.name), Dev: group.name != "default"}
			p.Version, _ = pinned(e.Version)
			if e.Git != "" {
				p.Version, p.Resolved = e.Ref, e.Git+"#"+e.Ref
			}
			switch {
			case e.Path != "":
				continue
			case p.Name == "" || p.Version == "" && e.File == "":
				return nil, errorf("its entry %.80q has no version.", m.name)
			case p.Version == "":
				p.Version, p.Resolved = "0", e.File
			}
			if len(e.Hashes) == 1 {
				algorithm, value, _ := strings.Cut(e.Hashes[0], ":")
				if h, ok := hashOf(algorithm, value); ok {
					p.Hashes = []Hash{h}
				}
			}
			if p.Place = p.Name + "==" + p.Version; seen[p.Place] {
				continue // in default and develop: default comes first
			}
			seen[p.Place] = true
			if err := l.add(p, m.key); err != nil {
				return nil, err
			}
		}
	}
	if !known {
		return nil, errorf("it is not a Pipfile.lock.")
	}
	l.find = l.byName()
	return l, nil
}
