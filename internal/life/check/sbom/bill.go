package sbom

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lockfile"
)

// bill is the list before it has a form: each package once in each version.
type bill struct {
	subject Subject
	whole   bool // nothing is known to be missing
	parts   map[string]*part
	direct  map[string]bool
	refs    []string // of parts, sorted
}

type part struct {
	lockfile.Package
	ref    string
	dev    bool // in all places
	image  bool
	places []string
	needs  map[string]bool
}

func collect(s Subject, set *lockfile.Set, others []Other) *bill {
	b := &bill{subject: s, parts: make(map[string]*part, set.Packages()), direct: map[string]bool{}}
	for i := range set.Projects {
		b.project(&set.Projects[i])
	}
	b.others(others)
	b.refs = sorted(b.parts)
	for _, ref := range b.refs {
		slices.Sort(b.parts[ref].places)
	}
	return b
}

func (b *bill) project(p *lockfile.Project) {
	refs := make([]string, len(p.Packages))
	for i, pkg := range p.Packages {
		refs[i] = pkg.PURL()
		b.part(refs[i], pkg, p.LockFile.Path)
		if pkg.Direct {
			b.direct[refs[i]] = true
		}
	}
	for i, pkg := range p.Packages {
		needs := b.parts[refs[i]].needs
		for _, to := range pkg.Needs {
			if refs[to] != refs[i] {
				needs[refs[to]] = true
			}
		}
	}
}

// part keeps a package, with what is known of it from all its places.
func (b *bill) part(ref string, pkg lockfile.Package, list string) {
	at := list
	if pkg.Line > 0 {
		at = place(list, pkg.Line)
	}
	old := b.parts[ref]
	if old == nil {
		b.parts[ref] = &part{Package: pkg, ref: ref, dev: pkg.Dev, places: []string{at}, needs: map[string]bool{}}
		return
	}
	old.dev = old.dev && pkg.Dev
	old.Script = old.Script || pkg.Script
	if old.Licence == "" {
		old.Licence = pkg.Licence
	}
	for _, h := range pkg.Hashes {
		if !slices.Contains(old.Hashes, h) {
			old.Hashes = append(slices.Clip(old.Hashes), h)
		}
	}
	if !slices.Contains(old.places, at) && len(old.places) < 50 {
		old.places = append(old.places, at)
	}
}

func place(path string, line int) string { return fmt.Sprintf("%s:%d", path, line) }

// uuid is a UUID of version 8 made from what is listed.
func (b *bill) uuid() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", b.subject.App, b.subject.Commit, b.subject.Tool)
	for _, ref := range b.refs {
		p := b.parts[ref]
		fmt.Fprintf(h, "%s\x00%v\x00%s\x00%v\x00%v\x00", ref, p.dev, p.Licence, p.Hashes, p.places)
	}
	u := h.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// origin is where a package comes from, if that is an address anybody may
// read: without a name or password in it.
func (p *part) origin() string {
	s, _, _ := strings.Cut(p.Resolved, "?")
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || strings.ContainsAny(s, " \t\n\"<>\\^`{|}") {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	switch strings.TrimPrefix(scheme, "git+") {
	case "http", "https", "ssh", "git":
	default:
		return ""
	}
	if i := strings.LastIndexByte(host, '@'); i >= 0 && host[:i] != "git" {
		return ""
	}
	return s
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
