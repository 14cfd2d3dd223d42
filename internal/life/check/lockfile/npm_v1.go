package lockfile

import (
	"encoding/json"
	"strings"
)

type npmOld struct {
	Version      string          `json:"version"`
	Resolved     any             `json:"resolved"`
	Integrity    string          `json:"integrity"`
	Dev          bool            `json:"dev"`
	Bundled      bool            `json:"bundled"`
	Requires     json.RawMessage `json:"requires"` // a map, or true at the top
	Dependencies json.RawMessage `json:"dependencies"`
}

// old reads the nested list of a lock of version 1. Its places are those of
// the newer versions.
func (l *npmLock) old(raw []byte, base int, inside string, depth int) error {
	if depth > maxDepth {
		return errorf("its packages are nested more than %d deep.", maxDepth)
	}
	all, err := members(raw, base)
	if err != nil {
		return errorf("its list of packages is not right: %v.", err)
	}
	for _, m := range all {
		var r npmOld
		if err := json.Unmarshal(m.value, &r); err != nil {
			return errorf("its entry %.80q is not right: %v.", m.name, err)
		}
		place := inside + "node_modules/" + m.name
		if strings.HasPrefix(r.Version, "file:") && !strings.Contains(r.Version, ".tgz") {
			l.links[place] = true
		} else if err := l.put(r.at(place, m.name), m.key, r.asks()); err != nil {
			return err
		}
		if len(r.Dependencies) > 0 {
			at := m.at + len(m.value) - len(lastMember(m.value, "dependencies"))
			if err := l.old(r.Dependencies, at, place+"/", depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// lastMember returns what follows from the value of a member on to the end.
func lastMember(raw []byte, name string) []byte {
	all, _ := members(raw, 0)
	for _, m := range all {
		if m.name == name {
			return raw[m.at:]
		}
	}
	return nil
}

func (r npmOld) at(place, name string) Package {
	p := Package{Ecosystem: NPM, Place: place, Name: name, Version: r.Version, Dev: r.Dev, Hashes: integrity(r.Integrity)}
	if real, ok := strings.CutPrefix(r.Version, "npm:"); ok {
		if i := strings.LastIndexByte(real, '@'); i > 0 {
			p.Name, p.Version = real[:i], real[i+1:]
		}
	}
	p.Resolved, _ = r.Resolved.(string)
	if p.Resolved == "" && strings.Contains(p.Version, ":") {
		p.Resolved = p.Version
	}
	return p
}

func (r npmOld) asks() map[string]string {
	var asks map[string]string
	if json.Unmarshal(r.Requires, &asks) != nil {
		return nil
	}
	return asks
}
