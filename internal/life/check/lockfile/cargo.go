package lockfile

import (
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// readCargoLock reads a Cargo.lock. Packages without a source are the app's own.
func readCargoLock(f tree.File, a *around) (*lock, error) {
	doc, at, err := readTOML(f, "[[package]]")
	if err != nil {
		return nil, err
	}
	l := &lock{}
	ids, names, own := map[string]int{}, map[string]int{}, map[string][]string{}
	kept := map[int][]string{}
	if doc.Root != nil {
		own[doc.Root.Name] = texts(doc.Root.Dependencies)
	}
	for i, e := range doc.Package {
		source, _ := e.Source.(string)
		if e.Name == "" || e.Version == "" {
			return nil, errorf("its package number %d has no name or no version.", i+1)
		}
		if source == "" {
			own[e.Name] = append(own[e.Name], texts(e.Dependencies)...)
			continue
		}
		p := Package{Ecosystem: Cargo, Name: e.Name, Version: e.Version, Place: e.Name + "@" + e.Version}
		if h, ok := hashOf("sha256", e.Checksum); ok {
			p.Hashes = []Hash{h}
		}
		if !strings.HasPrefix(source, "registry+https://github.com/rust-lang/crates.io-index") && !strings.HasPrefix(source, "sparse+https://index."+string(Cargo)) {
			p.Resolved = source
		}
		n := len(l.packages)
		kept[n] = texts(e.Dependencies)
		ids[e.Name+" "+e.Version], ids[e.Name+" "+e.Version+" ("+source+")"] = n, n
		if _, twice := names[e.Name]; !twice {
			names[e.Name] = n
		}
		if err := l.add(p, at[i]); err != nil {
			return nil, err
		}
	}
	get := func(ref string) int {
		if i, ok := ids[ref]; ok {
			return i
		}
		name, rest, _ := strings.Cut(ref, " ")
		version, _, _ := strings.Cut(rest, " ")
		if i, ok := ids[name+" "+version]; ok {
			return i
		}
		if i, ok := names[name]; ok {
			return i
		}
		return Missing
	}
	for i := range l.packages {
		for _, ref := range kept[i] {
			l.need(i, get(ref))
		}
	}
	asked := map[string]int{} // what the app's own packages get for a name
	for _, name := range sortedKeys(own) {
		for _, ref := range own[name] {
			dep, _, _ := strings.Cut(ref, " ")
			if _, twice := asked[dep]; !twice {
				asked[dep] = get(ref)
				l.roots = append(l.roots, root{name: dep})
			}
		}
	}
	patterns := cargoMembers(a.file(strings.TrimPrefix(dirOf(f)+"/Cargo.toml", "./")))
	l.covers = func(dir string, m *manifest) bool {
		_, listed := own[m.name]
		return listed || inWorkspace(patterns, dir)
	}
	l.find = func(_ string, a Ask) int {
		if i, ok := asked[a.Name]; ok && i >= 0 {
			return i
		}
		if _, ok := own[a.Name]; ok {
			return Local
		}
		return get(a.Name)
	}
	return l, nil
}

type cargoDeps struct {
	Dependencies map[string]any `toml:"dependencies"`
	Development  map[string]any `toml:"dev-dependencies"`
	Build        map[string]any `toml:"build-dependencies"`
}

type cargoManifest struct {
	cargoDeps
	Package struct {
		Name string `toml:"name"`
	} `toml:"package"`
	Target    map[string]cargoDeps `toml:"target"`
	Workspace struct {
		Members []string `toml:"members"`
	} `toml:"workspace"`
}

func cargoMembers(f tree.File) []string {
	var doc cargoManifest
	if len(f.Text) > maxSize || toml.Unmarshal(f.Text, &doc) != nil {
		return nil
	}
	return doc.Workspace.Members
}

// readCargoToml reads what a Cargo.toml asks for.
func readCargoToml(f tree.File) (*manifest, error) {
	if len(f.Text) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	var doc cargoManifest
	if err := toml.Unmarshal(f.Text, &doc); err != nil {
		return nil, errorf("it is not right: %v.", err)
	}
	m, n := &manifest{name: doc.Package.Name}, newLines(f.Text)
	m.crates(f, n, doc.cargoDeps)
	for _, t := range sortedKeys(doc.Target) {
		m.crates(f, n, doc.Target[t])
	}
	m.asks = unique(m.asks)
	return m, nil
}

func (m *manifest) crates(f tree.File, n *newlines, d cargoDeps) {
	for i, group := range []map[string]any{d.Dependencies, d.Build, d.Development} {
		for _, key := range sortedKeys(group) {
			a := Ask{Name: key, Dev: i == 2, File: f}
			a.Want, _ = group[key].(string)
			if t := table(group[key]); t != nil {
				a.Want = stringOf(t, "version", "git")
				if real := stringOf(t, "package"); real != "" {
					a.Name = real
				}
				if dir := stringOf(t, "path"); dir != "" {
					a.Want = "file:" + dir
				}
				if t["optional"] == true && t["workspace"] == nil && a.Want == "" {
					continue
				}
			}
			if len(m.asks) > maxPackages || len(a.Name) > maxText || len(a.Want) > maxText || a.Name == "" {
				continue
			}
			a.Line, a.Column, a.WantLine, a.WantColumn = n.key(key, a.Want)
			m.asks = append(m.asks, a)
		}
	}
}
