package lockfile

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// bunLock is a bun.lock in the making. Its keys are names, or paths of names
// for a package that only another one gets: "a/b" is the b of a.
type bunLock struct {
	lock
	keys    map[string]int
	asks    []map[string]string
	places  []string
	folders map[string]npmPackage
}

// readBun reads a bun.lock, which is JSON with commas before closing brackets.
func readBun(f tree.File, _ *around) (*lock, error) {
	top, err := document(plainJSON(f.Text))
	if err != nil {
		return nil, err
	}
	l := &bunLock{keys: map[string]int{}, folders: map[string]npmPackage{}}
	known := false
	for _, m := range top {
		switch m.name {
		case "lockfileVersion":
			known = string(m.value) == "0" || string(m.value) == "1"
		case "workspaces":
			err = l.workspaces(m)
		case "packages":
			err = l.list(m)
		}
		if err != nil {
			return nil, err
		}
	}
	if !known {
		return nil, errorf("it has a version that is not known; 0 and 1 can be read.")
	}
	for i, asks := range l.asks {
		for name := range asks {
			l.need(i, l.resolve(l.places[i], name))
		}
	}
	l.covers = func(dir string, _ *manifest) bool { _, ok := l.folders[dir]; return ok }
	l.find = func(dir string, a Ask) int {
		if name := l.folders[dir].Name; name != "" {
			return l.resolve(name, a.Name)
		}
		return l.resolve("", a.Name)
	}
	l.stale = func(dir string, a Ask) bool {
		was, ok := l.folders[strings.TrimPrefix(dir, ".")].all()[a.Name]
		return ok && was != a.Want
	}
	return &l.lock, nil
}

func (l *bunLock) workspaces(m member) error {
	all, err := members(m.value, m.at)
	if err != nil {
		return errorf("its workspaces are not right: %v.", err)
	}
	for _, w := range all {
		var p npmPackage
		if err := json.Unmarshal(w.value, &p); err != nil {
			return errorf("its workspace %.80q is not right: %v.", w.name, err)
		}
		l.folders[w.name] = p
		if w.name == "" {
			for i, group := range []map[string]string{p.Dependencies, p.Optional, p.Development} {
				for _, name := range sortedKeys(group) {
					l.roots = append(l.roots, root{name: name, want: group[name], dev: i == 2})
				}
			}
		}
	}
	return nil
}

func (l *bunLock) list(m member) error {
	all, err := members(m.value, m.at)
	if err != nil {
		return errorf("its packages are not right: %v.", err)
	}
	for _, e := range all {
		var tuple []json.RawMessage
		var id string
		if json.Unmarshal(e.value, &tuple) != nil || len(tuple) == 0 || json.Unmarshal(tuple[0], &id) != nil {
			return errorf("its entry %.80q is not right.", e.name)
		}
		name, version := "", ""
		if i := strings.IndexByte(id[min(1, len(id)):], '@'); i >= 0 {
			name, version = id[:i+1], id[i+2:]
		}
		if strings.HasPrefix(version, "workspace:") || strings.HasPrefix(version, "link:") || version == "root:" {
			l.keys[e.name] = Local
			continue
		}
		if name == "" || version == "" {
			return errorf("its entry %.80q has no version.", e.name)
		}
		p := Package{Ecosystem: NPM, Name: name, Version: version, Place: e.name}
		if strings.ContainsAny(version, ":/") {
			p.Resolved = version
		}
		l.keys[e.name] = len(l.packages)
		l.asks = append(l.asks, bunRest(tuple[1:], &p))
		l.places = append(l.places, e.name)
		if err := l.add(p, e.key); err != nil {
			return err
		}
	}
	return nil
}

// bunRest reads what follows the id: what the package asks for, its sums.
func bunRest(rest []json.RawMessage, p *Package) map[string]string {
	var asks map[string]string
	for _, r := range rest {
		var s string
		var info npmPackage
		if json.Unmarshal(r, &s) == nil {
			p.Hashes = append(p.Hashes, integrity(s)...)
		} else if json.Unmarshal(r, &info) == nil {
			asks = info.asks()
		}
	}
	return asks
}

// resolve finds name for the package at a key: its own first, then upwards.
func (l *bunLock) resolve(from, name string) int {
	for from != "" {
		if i, ok := l.keys[from+"/"+name]; ok {
			return i
		}
		i := strings.LastIndexByte(from, '/')
		if i > 0 {
			if j := strings.LastIndexByte(from[:i], '/'); from[j+1] == '@' {
				i = j // a scope belongs to the name
			}
		}
		from = from[:max(i, 0)]
	}
	if i, ok := l.keys[name]; ok {
		return i
	}
	return Missing
}

// plainJSON puts spaces in the place of comments and of commas that stand
// before a closing bracket, so that offsets stay. It copies what it changes.
func plainJSON(data []byte) []byte {
	if len(data) > maxSize || jsontext.Value(data).IsValid() {
		return data
	}
	out := append([]byte(nil), data...)
	comma := -1
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case c == '"':
			for i++; i < len(out) && out[i] != '"'; i++ {
				if out[i] == '\\' {
					i++
				}
			}
			comma = -1
		case c == '/' && i+1 < len(out) && out[i+1] == '/':
			for ; i < len(out) && out[i] != '\n'; i++ {
				out[i] = ' '
			}
		case c == '/' && i+1 < len(out) && out[i+1] == '*':
			for ; i < len(out) && (out[i] != '*' || i+1 == len(out) || out[i+1] != '/'); i++ {
				if out[i] != '\n' {
					out[i] = ' '
				}
			}
			if i+1 < len(out) {
				out[i], out[i+1] = ' ', ' '
				i++
			}
		case c == ',':
			comma = i
		case (c == '}' || c == ']') && comma >= 0:
			out[comma], comma = ' ', -1
		case c != ' ' && c != '\t' && c != '\n' && c != '\r':
			comma = -1
		}
	}
	return out
}
