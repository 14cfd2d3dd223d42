package inventory

import (
	"net/url"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// ParsePURL reads a package URL: pkg:type/namespace/name@version?qualifiers#path.
// Qualifiers and path are left out. Errors: Invalid.
func ParsePURL(text string) (core.Component, error) {
	bad := func() (core.Component, error) {
		return core.Component{}, core.Errorf(core.Invalid, "%.200q is not a package URL.", text).Hinted("It looks like pkg:npm/lodash@4.17.20.")
	}
	rest, ok := strings.CutPrefix(text, "pkg:")
	if !ok {
		return bad()
	}
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	ecosystem, rest, ok := strings.Cut(strings.TrimLeft(rest, "/"), "/")
	if !ok || ecosystem == "" {
		return bad()
	}
	c := core.Component{Ecosystem: strings.ToLower(ecosystem)}
	name := rest
	if at := strings.LastIndex(rest, "@"); at > 0 {
		name = rest[:at]
		v, err := url.PathUnescape(rest[at+1:])
		if err != nil {
			return bad()
		}
		c.Version = v
	}
	name, err := url.PathUnescape(strings.Trim(name, "/"))
	if err != nil || name == "" || strings.ContainsFunc(c.Ecosystem+name+c.Version, func(r rune) bool { return r < ' ' }) {
		return bad()
	}
	c.Name = normal(c.Ecosystem, name)
	return c, nil
}

// PURL writes a component as a package URL.
func PURL(c core.Component) string {
	parts := strings.Split(c.Name, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), "@", "%40")
	}
	s := "pkg:" + c.Ecosystem + "/" + strings.Join(parts, "/")
	if c.Version != "" {
		s += "@" + strings.ReplaceAll(url.PathEscape(c.Version), "+", "%2B")
	}
	return s
}

// normal writes a name as its ecosystem compares it.
func normal(ecosystem, name string) string {
	switch ecosystem {
	case "pypi":
		return strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
	case "nuget", "composer", "github":
		return strings.ToLower(name)
	case "maven", "":
		return strings.Replace(name, ":", "/", 1) // group:artifact, as people write it
	}
	return name
}
