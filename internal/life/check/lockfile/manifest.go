package lockfile

import (
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
)

// Manifest is the part of a package.json that names packages.
type Manifest struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Dependencies map[string]string `json:"dependencies"`
	Dev          map[string]string `json:"devDependencies"`
	Optional     map[string]string `json:"optionalDependencies"`
}

// ParseManifest reads a package.json. Errors are Unreadable.
func ParseManifest(data []byte) (Manifest, error) {
	var m Manifest
	if len(data) > maxSize {
		return m, core.Errorf(core.Unreadable, "package.json is larger than %d MB.", maxSize/1_000_000)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, core.Errorf(core.Unreadable, "package.json is not right: %v.", err)
	}
	return m, nil
}

// Names returns all packages that the manifest asks for, sorted.
func (m Manifest) Names() []string {
	all := map[string]string{}
	for _, g := range []map[string]string{m.Dependencies, m.Dev, m.Optional} {
		for name, want := range g {
			all[name] = want
		}
	}
	return sortedKeys(all)
}
