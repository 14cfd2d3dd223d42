package lockfile

import (
	"encoding/json"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// denoLock is a deno.lock in the making. Its packages of npm have keys such as
// "@s/a@1.0.0", with "_" and more for peers.
type denoLock struct {
	lock
	keys  map[string]int
	names map[string]int // the only package of a name; Missing if there are several
	needs [][]string     // of each package, by key or, in version 4 and 5, by name
	other int            // modules of jsr, or by their address
}

// readDeno reads a deno.lock of version 3, 4 or 5: its packages of npm. For
// modules of jsr and those by their address there is no data, which is a gap.
func readDeno(f tree.File, _ *around) (*lock, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	l := &denoLock{keys: map[string]int{}, names: map[string]int{}}
	asked, known := map[string]string{}, false
	for _, m := range top {
		switch m.name {
		case "version":
			v := strings.Trim(string(m.value), `"`)
			known = v == "3" || v == "4" || v == "5"
		case "packages": // version 3 keeps everything in it
			inside, bad := members(m.value, m.at)
			if err = bad; err != nil {
				return nil, errorf("its packages are not right: %v.", err)
			}
			for _, n := range inside {
				if err == nil {
					err = l.part(n, asked)
				}
			}
		default:
			err = l.part(m, asked)
		}
		if err != nil {
			return nil, err
		}
	}
	if !known {
		return nil, errorf("it has a version that is not known; 3, 4 and 5 can be read.")
	}
	for i, needs := range l.needs {
		for _, n := range needs {
			l.need(i, l.resolve(n))
		}
	}
	l.find = func(_ string, a Ask) int {
		return l.resolve(a.Name + "@" + strings.TrimPrefix(asked[a.Name+"@"+a.Want], a.Name+"@"))
	}
	for _, spec := range sortedKeys(asked) {
		name, want := denoName(spec)
		l.roots = append(l.roots, root{name: name, want: want})
	}
	if l.other > 0 {
		l.gaps = append(l.gaps, Gap{Path: f.Path, What: "names modules of jsr, or by their address, of which no data tells", Do: "take the same from npm, or look at these modules yourself"})
	}
	return &l.lock, nil
}

// part reads one part; asked gets what the app asks npm for, and what it gets.
func (l *denoLock) part(m member, asked map[string]string) error {
	all, err := members(m.value, m.at)
	if m.name != "specifiers" && m.name != "npm" && m.name != "jsr" && m.name != "remote" {
		return nil
	}
	if err != nil {
		return errorf("its %s is not right: %v.", m.name, err)
	}
	switch m.name {
	case "jsr", "remote":
		l.other += len(all)
		return nil
	case "npm":
		for _, e := range all {
			if err := l.npm(e); err != nil {
				return err
			}
		}
		return nil
	}
	for _, e := range all {
		var got string
		if spec, npm := strings.CutPrefix(e.name, "npm:"); npm && json.Unmarshal(e.value, &got) == nil {
			asked[spec] = strings.TrimPrefix(got, "npm:")
		}
	}
	return nil
}

// npm reads one package.
func (l *denoLock) npm(e member) error {
	name, version := denoName(e.name)
	version, _, _ = strings.Cut(version, "_") // a name may have one itself
	var p struct {
		Integrity string          `json:"integrity"`
		Needs     json.RawMessage `json:"dependencies"`
	}
	if name == "" || version == "" || json.Unmarshal(e.value, &p) != nil {
		return errorf("its entry %.80q is not right.", e.name)
	}
	needs := []string{}
	if json.Unmarshal(p.Needs, &needs) != nil {
		byName := map[string]string{}
		if len(p.Needs) > 0 && json.Unmarshal(p.Needs, &byName) != nil {
			return errorf("its entry %.80q is not right.", e.name)
		}
		for _, n := range sortedKeys(byName) {
			needs = append(needs, byName[n])
		}
	}
	i := len(l.packages)
	l.keys[e.name] = i
	if _, twice := l.names[name]; twice {
		i = Missing
	}
	l.names[name] = i
	l.needs = append(l.needs, needs)
	return l.add(Package{Ecosystem: NPM, Name: name, Version: version, Place: e.name, Hashes: integrity(p.Integrity)}, e.key)
}

// resolve finds a package by its key, or by its name if there is one only.
func (l *denoLock) resolve(key string) int {
	if i, ok := l.keys[key]; ok {
		return i
	}
	if i, ok := l.names[key]; ok {
		return i
	}
	name, version := denoName(key)
	if i, ok := l.names[name]; ok && i != Missing && l.packages[i].Version == version {
		return i
	}
	return Missing
}

// denoName parts name@version; a name may begin with an @.
func denoName(s string) (name, version string) {
	i := strings.IndexByte(s[min(1, len(s)):], '@')
	if i < 0 {
		return s, ""
	}
	return s[:i+1], s[i+2:]
}
