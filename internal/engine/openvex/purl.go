package openvex

import (
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// PURL is a package URL as far as it is compared.
type PURL struct {
	Type, Name, Version string // Name is namespace/name, as the type writes it
	Narrow              bool   // has qualifiers or a path: it means less than the package
}

// AppPURL is the package URL by which statements name an app. version is a
// commit; it may be empty.
func AppPURL(app, version string) string {
	s := "pkg:generic/paddock/" + url.PathEscape(app)
	if version != "" {
		s += "@" + url.PathEscape(version)
	}
	return s
}

// ParsePURL reads pkg:type/namespace/name@version?qualifiers#path. Errors: Invalid.
func ParsePURL(text string) (PURL, error) {
	bad := core.Errorf(core.Invalid, "%.200q is not a package URL.", text).Hinted("It looks like pkg:npm/lodash@4.17.20.")
	rest, ok := strings.CutPrefix(text, "pkg:")
	if !ok || len(text) > maxText {
		return PURL{}, bad
	}
	var p PURL
	rest, path, _ := strings.Cut(rest, "#")
	rest, qualifiers, _ := strings.Cut(rest, "?")
	p.Narrow = path != "" || qualifiers != ""
	p.Type, rest, ok = strings.Cut(strings.TrimLeft(rest, "/"), "/")
	if !ok || p.Type == "" {
		return PURL{}, bad
	}
	p.Type = strings.ToLower(p.Type)
	name, version := rest, ""
	if at := strings.LastIndex(rest, "@"); at > 0 {
		name, version = rest[:at], rest[at+1:]
		if version == "" {
			return PURL{}, bad
		}
	}
	var err1, err2 error
	name, err1 = url.PathUnescape(strings.Trim(name, "/"))
	p.Version, err2 = url.PathUnescape(version)
	p.Name = Name(p.Type, name)
	if err1 != nil || err2 != nil || p.Name == "" || strings.ContainsFunc(p.Type+p.Name+p.Version, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return PURL{}, bad
	}
	return p, nil
}

// Name writes a package's name as its type compares it.
func Name(kind, name string) string {
	switch kind {
	case "pypi":
		return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
	case "nuget", "composer", "github":
		return strings.ToLower(name)
	case "maven":
		return strings.Replace(name, ":", "/", 1)
	}
	return name
}

// certainty says how surely a statement is about something.
type certainty int

const (
	no    certainty = iota
	maybe           // it may be: not enough is known, or it means only a part
	sure            // whatever its version
	exact           // and it names this very version
)

// covers says how surely p, written in a statement, means the package at.
func (p PURL) covers(at PURL) certainty {
	switch {
	case p.Type != at.Type || p.Name != at.Name:
		return no
	case p.Version == "" && p.Narrow, p.Version != "" && at.Version == "":
		return maybe
	case p.Version == "":
		return sure
	case p.Version != at.Version:
		return no
	case p.Narrow:
		return maybe
	}
	return exact
}
