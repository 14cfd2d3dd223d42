package lockfile

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// pnpmLock is a pnpm-lock.yaml in the making, versions 5, 6 and 9. Packages
// that differ only in their peers are one.
type pnpmLock struct {
	lock
	slashes bool // keys are /name/version, as in version 5
	at      map[string]int
	asks    map[string]map[string]pnpmAsk // folder -> name
}

type pnpmAsk struct{ specifier, version string }

// readPNPM reads a pnpm-lock.yaml.
func readPNPM(f tree.File, _ *around) (*lock, error) {
	top, err := yamlTop(f.Text)
	if err != nil {
		return nil, err
	}
	version := child(top, "lockfileVersion")
	if version == nil {
		return nil, errorf("it has no lockfileVersion.")
	}
	l := &pnpmLock{at: map[string]int{}, asks: map[string]map[string]pnpmAsk{}}
	switch major, _, _ := strings.Cut(version.Value, "."); major {
	case "5":
		l.slashes = true
	case "6", "7", "9":
	default:
		return nil, errorf("it has the version %.20q; 5, 6 and 9 can be read.", version.Value)
	}
	if err := l.list(child(top, "packages")); err != nil {
		return nil, err
	}
	for _, name := range []string{"packages", "snapshots"} {
		l.edgesOf(child(top, name))
	}
	l.importer(".", top)
	for dir, n := range pairs(child(top, "importers")) {
		l.importer(dir.Value, n)
	}
	l.dev = version.Value < "9" // newer ones do not say
	l.covers = func(dir string, _ *manifest) bool { _, ok := l.asks[dir]; return ok }
	l.find = func(dir string, a Ask) int {
		ask, ok := l.asks[dir][a.Name]
		if !ok {
			return Missing
		}
		return l.index(a.Name, ask.version)
	}
	overrides := child(top, "overrides") != nil
	l.stale = func(dir string, a Ask) bool {
		ask := l.asks[dir][a.Name]
		return !overrides && ask.specifier != "" && ask.specifier != a.Want
	}
	return &l.lock, nil
}

// list keeps the packages.
func (l *pnpmLock) list(n *yaml.Node) error {
	for key, entry := range pairs(n) {
		name, version := l.part(key.Value)
		if s := text(child(entry, "name")); s != "" {
			name = s
		}
		if s := text(child(entry, "version")); s != "" {
			version = s
		}
		from := child(entry, "resolution")
		if text(child(from, "type")) == "directory" {
			l.at[strip(key.Value)] = Local
			continue
		}
		if name == "" || version == "" {
			return errorf("its entry %.80q names no package with a version.", key.Value)
		}
		id := name + "@" + version
		if i, twice := l.at[id]; twice && i >= 0 {
			l.at[strip(key.Value)] = i
			l.packages[i].Dev = l.packages[i].Dev && text(child(entry, "dev")) == "true"
			continue
		}
		l.at[id], l.at[strip(key.Value)] = len(l.packages), len(l.packages)
		p := Package{Ecosystem: NPM, Name: name, Version: version, Place: strip(key.Value), Line: key.Line, Dev: text(child(entry, "dev")) == "true",
			Script: text(child(entry, "requiresBuild")) == "true", Hashes: integrity(text(child(from, "integrity"))), Resolved: text(child(from, "tarball"))}
		if repo := text(child(from, "repo")); repo != "" {
			p.Resolved = repo + "#" + text(child(from, "commit"))
		}
		if err := l.add(p, -1); err != nil {
			return err
		}
	}
	return nil
}

// edgesOf notes what each package asks for.
func (l *pnpmLock) edgesOf(n *yaml.Node) {
	for key, entry := range pairs(n) {
		from := l.index("", key.Value)
		if from < 0 {
			continue
		}
		for _, group := range []string{"dependencies", "optionalDependencies"} {
			for name, version := range pairs(child(entry, group)) {
				l.need(from, l.index(name.Value, version.Value))
			}
		}
	}
}

func (l *pnpmLock) importer(dir string, n *yaml.Node) {
	asks := map[string]pnpmAsk{}
	specifiers := child(n, "specifiers")
	for _, group := range []string{"dependencies", "optionalDependencies", "devDependencies"} {
		for name, v := range pairs(child(n, group)) {
			ask := pnpmAsk{specifier: text(child(specifiers, name.Value)), version: v.Value}
			if v.Kind == yaml.MappingNode {
				ask = pnpmAsk{specifier: text(child(v, "specifier")), version: text(child(v, "version"))}
			}
			asks[name.Value] = ask
			if dir == "." {
				l.roots = append(l.roots, root{name: name.Value, want: ask.specifier, dev: group == "devDependencies"})
			}
		}
	}
	if dir != "." || len(asks) > 0 || l.asks["."] == nil {
		l.asks[dir] = asks
	}
}

// index finds the package of a reference: a version of name, or a whole key,
// as aliases and other sources have.
func (l *pnpmLock) index(name, ref string) int {
	if strings.HasPrefix(ref, "link:") {
		return Local
	}
	ref = strip(ref)
	if i, ok := l.at[ref]; ok {
		return i
	}
	if n, v := l.part(ref); n != "" {
		if i, ok := l.at[n+"@"+v]; ok {
			return i
		}
	}
	if l.slashes {
		ref, _, _ = strings.Cut(ref, "_")
	}
	if i, ok := l.at[name+"@"+ref]; ok {
		return i
	}
	return Missing
}

// strip takes off what says which peers a package gets: (react@18.0.0).
func strip(key string) string {
	key, _, _ = strings.Cut(key, "(")
	return key
}

// part takes the name and the version from a key.
func (l *pnpmLock) part(key string) (name, version string) {
	key = strings.TrimPrefix(strip(key), "/")
	if l.slashes {
		if host, rest, ok := strings.Cut(key, "/"); ok && strings.Contains(host, ".") && strings.Contains(rest, "/") && host[0] != '@' {
			key = rest // of another registry
		}
		i := strings.LastIndexByte(key, '/')
		if i < 0 {
			return "", ""
		}
		name = key[:i]
		version, _, _ = strings.Cut(key[i+1:], "_")
		return name, version
	}
	if i := strings.IndexByte(key[min(1, len(key)):], '@'); i >= 0 {
		return key[:i+1], key[i+2:]
	}
	return "", ""
}

// yamlTop reads a YAML document whose top is a map.
func yamlTop(data []byte) (*yaml.Node, error) {
	if len(data) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	var doc yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&doc); err != nil {
		return nil, errorf("it is not right: %v.", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errorf("it is not a list of names and values.")
	}
	return doc.Content[0], nil
}

// child returns the value of a name in a map, nil if there is none. Aliases
// are not followed.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// pairs goes through a map in its own order.
func pairs(n *yaml.Node) func(func(k, v *yaml.Node) bool) {
	return func(yield func(k, v *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}
