package lockfile

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of one file.
const (
	maxSize     = 20_000_000 // bytes
	maxPackages = 50_000
	maxText     = 2_000 // bytes of a name, version or licence
)

// Package is one installed package.
type Package struct {
	Path      string // where it is installed: node_modules/a/node_modules/b; "" for the app itself
	Name      string
	Version   string
	Resolved  string // where it came from
	Integrity string // e.g. sha512-...; may hold several, separated by spaces
	Licence   string // an SPDX expression or what stands in its place; empty if not given
	Dev       bool   // for building only
	Link      bool   // a folder of the app, not a package from outside
	Requires  map[string]string
}

// Lock is a package-lock.json.
type Lock struct {
	Name, Version string
	Root          Package   // the app itself, with what it asks for
	Packages      []Package // without the root and links, sorted by path
	links         map[string]bool
}

type rawLock struct {
	Name            string                `json:"name"`
	Version         string                `json:"version"`
	LockfileVersion int                   `json:"lockfileVersion"`
	Packages        map[string]rawPackage `json:"packages"`
}

type rawPackage struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Resolved     any               `json:"resolved"` // a text, or false
	Integrity    string            `json:"integrity"`
	License      json.RawMessage   `json:"license"`
	Licenses     json.RawMessage   `json:"licenses"`
	Dev          bool              `json:"dev"`
	DevOptional  bool              `json:"devOptional"`
	Link         bool              `json:"link"`
	Dependencies map[string]string `json:"dependencies"`
	Dev2         map[string]string `json:"devDependencies"`
	Optional     map[string]string `json:"optionalDependencies"`
	Peer         map[string]string `json:"peerDependencies"`
}

// Parse reads a package-lock.json. Errors are Unreadable and say why.
func Parse(data []byte) (*Lock, error) {
	if len(data) > maxSize {
		return nil, core.Errorf(core.Unreadable, "package-lock.json is larger than %d MB.", maxSize/1_000_000)
	}
	var raw rawLock
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, core.Errorf(core.Unreadable, "package-lock.json is not right: %v.", err).Hinted("Delete it and run `npm install`.")
	}
	switch {
	case raw.LockfileVersion != 2 && raw.LockfileVersion != 3:
		return nil, core.Errorf(core.Unreadable, "package-lock.json has the version %d; 2 and 3 can be read.", raw.LockfileVersion).Hinted("Run `npm install` with a newer npm.")
	case raw.Packages == nil:
		return nil, core.Errorf(core.Unreadable, "package-lock.json has no list of packages.").Hinted("Delete it and run `npm install`.")
	case len(raw.Packages) > maxPackages:
		return nil, core.Errorf(core.Unreadable, "package-lock.json has more than %d packages.", maxPackages)
	}
	return raw.lock()
}

func (raw rawLock) lock() (*Lock, error) {
	l := &Lock{Name: raw.Name, Version: raw.Version, links: map[string]bool{}}
	for path, r := range raw.Packages {
		p, err := r.at(path)
		switch {
		case err != nil:
			return nil, err
		case path == "":
			l.Root = p
		case p.Link:
			l.links[path] = true
		case strings.Contains(path, "node_modules/"):
			l.Packages = append(l.Packages, p)
		}
	}
	slices.SortFunc(l.Packages, func(a, b Package) int { return strings.Compare(a.Path, b.Path) })
	return l, nil
}

func (r rawPackage) at(path string) (Package, error) {
	p := Package{Path: path, Name: r.Name, Version: r.Version, Integrity: r.Integrity, Dev: r.Dev || r.DevOptional, Link: r.Link, Requires: map[string]string{}}
	if p.Name == "" {
		p.Name = nameOf(path)
	}
	p.Resolved, _ = r.Resolved.(string)
	p.Licence = licence(r.License)
	if p.Licence == "" {
		p.Licence = licence(r.Licenses)
	}
	for _, s := range []string{p.Path, p.Name, p.Version, p.Resolved, p.Integrity} {
		if len(s) > maxText {
			return p, core.Errorf(core.Unreadable, "package-lock.json holds a text of %d letters where a name or version should be.", len(s))
		}
	}
	groups := []map[string]string{r.Dependencies, r.Optional, r.Peer}
	if path == "" {
		groups = append(groups, r.Dev2)
	}
	for _, g := range groups {
		for name, want := range g {
			p.Requires[name] = want
		}
	}
	return p, nil
}

// nameOf takes the package's name from its place: what follows the last
// node_modules/.
func nameOf(path string) string {
	if i := strings.LastIndex(path, "node_modules/"); i >= 0 {
		return path[i+len("node_modules/"):]
	}
	return path
}

// licence accepts all the shapes npm packages have used: a text, {type}, and
// a list of either, of which any one may be chosen.
func licence(raw json.RawMessage) string {
	if len(raw) == 0 || len(raw) > maxText {
		return ""
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return licenceText(v)
}

func licenceText(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case map[string]any:
		s, _ := v["type"].(string)
		return strings.TrimSpace(s)
	case []any:
		var all []string
		for _, e := range v {
			if _, nested := e.([]any); nested {
				continue
			}
			if s := licenceText(e); s != "" {
				all = append(all, s)
			}
		}
		if len(all) > 1 {
			return "(" + strings.Join(all, " OR ") + ")"
		}
		return strings.Join(all, "")
	}
	return ""
}
