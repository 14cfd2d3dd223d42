package lockfile

import (
	"encoding/json"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

type composerPackage struct {
	Name    string          `json:"name"`
	Version string          `json:"version"`
	License json.RawMessage `json:"license"`
	Require json.RawMessage `json:"require"` // a map; PHP may write an empty one as a list
	Provide json.RawMessage `json:"provide"`
	Replace json.RawMessage `json:"replace"`
	Dist    struct {
		Type   string `json:"type"`
		URL    string `json:"url"`
		Shasum string `json:"shasum"`
	} `json:"dist"`
}

// readComposerLock reads a composer.lock.
func readComposerLock(f tree.File, _ *around) (*lock, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	l, at, known := &lock{dev: true}, map[string]int{}, false
	var asks [][]string
	for _, part := range top {
		if part.name != "packages" && part.name != "packages-dev" {
			continue
		}
		known = true
		list, err := elements(part)
		if err != nil {
			return nil, errorf("its %s are not right: %v.", part.name, err)
		}
		for _, e := range list {
			var p composerPackage
			if json.Unmarshal(e.value, &p) != nil || p.Name == "" || p.Version == "" {
				return nil, errorf("an entry of its %s is not right.", part.name)
			}
			name := strings.ToLower(p.Name)
			if p.Dist.Type == "path" {
				at[name] = Local
				continue
			}
			pkg := Package{Ecosystem: Composer, Name: name, Version: p.Version, Place: name + "@" + p.Version, Dev: part.name == "packages-dev", Licence: Licence(p.License)}
			if h, ok := hashOf("sha1", p.Dist.Shasum); ok {
				pkg.Hashes = []Hash{h}
			}
			for _, other := range append(names(p.Provide), names(p.Replace)...) {
				keepFirst(at, strings.ToLower(other), len(l.packages))
			}
			at[name] = len(l.packages)
			asks = append(asks, names(p.Require))
			if err := l.add(pkg, e.at); err != nil {
				return nil, err
			}
		}
	}
	if !known {
		return nil, errorf("it has no list of packages.")
	}
	get := func(name string) int {
		if i, ok := at[strings.ToLower(name)]; ok {
			return i
		}
		return Missing
	}
	for i := range l.packages {
		for _, name := range asks[i] {
			l.need(i, get(name))
		}
	}
	l.find = func(_ string, a Ask) int { return get(a.Name) }
	return l, nil
}

func keepFirst(at map[string]int, name string, i int) {
	if _, taken := at[name]; !taken {
		at[name] = i
	}
}

// names returns the names of a map, sorted.
func names(raw json.RawMessage) []string {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return sortedKeys(m)
}

// readComposerJSON reads a composer.json. What has no slash in its name is PHP
// itself or a part of it.
func readComposerJSON(f tree.File) (*manifest, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	m, n := &manifest{tool: "composer"}, newLines(f.Text)
	for _, part := range top {
		if part.name != "require" && part.name != "require-dev" || string(part.value) == "[]" {
			continue
		}
		part.name = map[string]string{"require": "dependencies", "require-dev": "devDependencies"}[part.name]
		if err := m.group(f, n, part); err != nil {
			return nil, err
		}
	}
	kept := m.asks[:0]
	for _, a := range m.asks {
		if strings.Contains(a.Name, "/") {
			a.Name = strings.ToLower(a.Name)
			kept = append(kept, a)
		}
	}
	m.asks = unique(kept)
	return m, nil
}
