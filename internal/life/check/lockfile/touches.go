package lockfile

import (
	"path"
	"slices"
	"strings"
)

// Touches reports whether a file may be read for packages, by its name alone: a
// list or a manifest of any kind, or what one may name as a part of itself. It is
// true for some files that are neither, and false for none that is.
func Touches(name string) bool {
	base := path.Base(name)
	if slices.ContainsFunc(listFormats(), func(l listFormat) bool { return l.base == base || l.is != nil && l.is(name) }) ||
		slices.ContainsFunc(manifestFormats(), func(m manifestFormat) bool { return m.is(base) }) ||
		slices.ContainsFunc(foreignLists(), func(l foreign) bool { return slices.Contains(l.bases, base) }) {
		return true
	}
	switch strings.ToLower(path.Ext(base)) {
	case ".txt", ".in", ".lock", ".toml", ".xml", ".pom", ".props", ".targets", ".gradle", ".kts", ".cfg":
		return true
	}
	return base == "go.sum" || base == "go.work" || base == mavenTree || strings.HasPrefix(base, "requirements")
}
