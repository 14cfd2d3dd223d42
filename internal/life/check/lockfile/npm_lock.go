package lockfile

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// npmLock is a package-lock.json or npm-shrinkwrap.json in the making.
type npmLock struct {
	lock
	at       map[string]int  // place -> index
	links    map[string]bool // places that are folders of the app
	requires []map[string]string
	folders  map[string]map[string]string // folders of the app, "" and workspaces, with what they asked for
}

type npmPackage struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Resolved     any               `json:"resolved"` // a text, or false
	Integrity    string            `json:"integrity"`
	License      json.RawMessage   `json:"license"`
	Licenses     json.RawMessage   `json:"licenses"`
	Dev          bool              `json:"dev"`
	DevOptional  bool              `json:"devOptional"`
	Link         bool              `json:"link"`
	Script       bool              `json:"hasInstallScript"`
	Dependencies map[string]string `json:"dependencies"`
	Development  map[string]string `json:"devDependencies"`
	Optional     map[string]string `json:"optionalDependencies"`
	Peer         map[string]string `json:"peerDependencies"`
}

// readNPM reads versions 1, 2 and 3.
func readNPM(f tree.File, _ *around) (*lock, error) {
	top, err := document(f.Text)
	if err != nil {
		return nil, err
	}
	l := &npmLock{at: map[string]int{}, links: map[string]bool{}, folders: map[string]map[string]string{}}
	version, packages, dependencies := 0, member{}, member{}
	for _, m := range top {
		switch m.name {
		case "lockfileVersion":
			_ = json.Unmarshal(m.value, &version) // a wrong type leaves 0, which is refused
		case "packages":
			packages = m
		case "dependencies":
			dependencies = m
		}
	}
	switch {
	case version < 1 || version > 3:
		return nil, errorf("it has the version %d; 1, 2 and 3 can be read.", version)
	case version > 1 && packages.value == nil && dependencies.value == nil:
		return nil, errorf("it has no list of packages.")
	case packages.value != nil:
		err = l.places(packages)
	case dependencies.value != nil:
		err = l.old(dependencies.value, dependencies.at, "", 0)
	}
	if err != nil {
		return nil, err
	}
	for i, asks := range l.requires {
		for name := range asks {
			if to, ok := l.at[l.resolve(l.packages[i].Place, name)]; ok {
				l.need(i, to)
			}
		}
	}
	l.dev = true
	l.find, l.covers = l.get, func(dir string, _ *manifest) bool { _, ok := l.folders[dir]; return ok }
	l.stale = func(dir string, a Ask) bool {
		was, ok := l.folders[strings.TrimPrefix(dir, ".")][a.Name]
		return ok && was != a.Want
	}
	return &l.lock, nil
}

func (l *npmLock) places(packages member) error {
	all, err := members(packages.value, packages.at)
	if err != nil {
		return errorf("its list of packages is not right: %v.", err)
	}
	for _, m := range all {
		var r npmPackage
		if err := json.Unmarshal(m.value, &r); err != nil {
			return errorf("its entry %.80q is not right: %v.", m.name, err)
		}
		switch {
		case r.Link:
			l.links[m.name] = true
		case strings.Contains(m.name, "node_modules/"):
			err = l.put(r.at(m.name), m.key, r.asks())
		default:
			l.folders[m.name] = r.all()
			if m.name == "" {
				l.top(r)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// top keeps what the lock says the app asks for, for locks without a manifest.
func (l *npmLock) top(r npmPackage) {
	for i, group := range []map[string]string{r.Dependencies, r.Optional, r.Development} {
		for _, name := range sortedKeys(group) {
			l.lock.roots = append(l.lock.roots, root{name: name, want: group[name], dev: i == 2})
		}
	}
}

func (l *npmLock) put(p Package, offset int, asks map[string]string) error {
	if _, twice := l.at[p.Place]; twice {
		return nil
	}
	if p.Name == "" || p.Version == "" {
		return errorf("its entry %.80q has no version.", p.Place)
	}
	l.at[p.Place] = len(l.packages)
	l.requires = append(l.requires, asks)
	return l.add(p, offset)
}

func (r npmPackage) at(place string) Package {
	p := Package{Ecosystem: NPM, Place: place, Name: r.Name, Version: r.Version, Dev: r.Dev || r.DevOptional, Script: r.Script, Hashes: integrity(r.Integrity), Licence: Licence(r.License)}
	if p.Name == "" {
		p.Name = nameOf(place)
	}
	p.Resolved, _ = r.Resolved.(string)
	if p.Licence == "" {
		p.Licence = Licence(r.Licenses)
	}
	if p.Version == "" { // from git: the commit is all there is
		_, p.Version, _ = strings.Cut(p.Resolved, "#")
	}
	return p
}

func (r npmPackage) asks() map[string]string {
	all := map[string]string{}
	for _, g := range []map[string]string{r.Peer, r.Optional, r.Dependencies} {
		for name, want := range g {
			all[name] = want
		}
	}
	return all
}

// all is what a folder of the app asks for, for building too.
func (r npmPackage) all() map[string]string {
	all := map[string]string{}
	for _, g := range []map[string]string{r.Development, r.Dependencies, r.Optional} {
		for name, want := range g {
			all[name] = want
		}
	}
	return all
}

// get finds what the manifest in dir gets for an ask.
func (l *npmLock) get(dir string, a Ask) int {
	if dir == "." {
		dir = ""
	}
	place := l.resolve(dir, a.Name)
	if i, ok := l.at[place]; ok {
		return i
	}
	if l.links[place] {
		return Local
	}
	return Missing
}

// resolve returns the place of the package that code at the place from gets
// when it asks for name: the nearest node_modules upwards, as Node does; "" if
// there is none.
func (l *npmLock) resolve(from, name string) string {
	for dir := from; ; {
		place := "node_modules/" + name
		if dir != "" {
			place = dir + "/" + place
		}
		if _, ok := l.at[place]; ok || l.links[place] {
			return place
		}
		if dir == "" {
			return ""
		}
		dir = above(dir)
	}
}

// above returns the next folder upwards that may have a node_modules.
func above(dir string) string {
	i, j := strings.LastIndex(dir, "/node_modules/"), strings.LastIndexByte(dir, '/')
	switch {
	case i >= 0:
		return dir[:i]
	case strings.HasPrefix(dir, "node_modules/") || j < 0:
		return ""
	}
	return dir[:j]
}

// nameOf takes the package's name from its place: what follows the last
// node_modules/.
func nameOf(place string) string {
	if i := strings.LastIndex(place, "node_modules/"); i >= 0 {
		return place[i+len("node_modules/"):]
	}
	return place
}

// integrity reads a subresource-integrity text: algorithm-base64, separated by
// spaces.
func integrity(s string) []Hash {
	var out []Hash
	for part := range strings.FieldsSeq(s) {
		name, value, _ := strings.Cut(part, "-")
		value, _, _ = strings.Cut(value, "?")
		raw, err := base64.StdEncoding.DecodeString(value)
		if h, ok := hashOf(name, hex.EncodeToString(raw)); ok && err == nil {
			out = append(out, h)
		}
	}
	return out
}

// hashOf makes a hash of an algorithm's name in any spelling and a hexadecimal
// value; it reports false for what is not one.
func hashOf(algorithm, value string) (Hash, bool) {
	a := strings.ToUpper(strings.ReplaceAll(algorithm, "-", ""))
	size := map[string]int{"SHA512": 128, "SHA384": 96, "SHA256": 64, "SHA1": 40, "MD5": 32}[a]
	value = strings.ToLower(value)
	if _, err := hex.DecodeString(value); err != nil || size == 0 || len(value) != size {
		return Hash{}, false
	}
	if a != "MD5" {
		a = "SHA-" + a[3:]
	}
	return Hash{Algorithm: a, Value: value}, true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
