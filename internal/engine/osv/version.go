package osv

import (
	"slices"
	"strings"

	"deps.dev/util/semver"
)

// Version is a version of a package in an ecosystem's own order. The zero value
// is of no use; make one with ParseVersion.
type Version struct {
	ecosystem string
	text      string
	exact     *semver.Version // nil if the ecosystem's grammar does not take the text
}

// order returns an ecosystem's order of versions. Others are compared as plain
// numbers.
func order(ecosystem string) (semver.System, bool) {
	switch ecosystem {
	case "npm":
		return semver.NPM, true
	case "PyPI":
		return semver.PyPI, true
	case "Go":
		return semver.Go, true
	case "Maven":
		return semver.Maven, true
	case "NuGet":
		return semver.NuGet, true
	case "RubyGems":
		return semver.RubyGems, true
	case "crates.io":
		return semver.Cargo, true
	}
	return semver.DefaultSystem, ecosystem == packagist // which has an order of its own, see composer
}

const packagist = "Packagist"

// ParseVersion reads a version. It never fails: what the ecosystem's grammar does
// not take is compared number by number; see Comparable.
func ParseVersion(ecosystem, text string) Version {
	v := Version{ecosystem: ecosystem, text: text}
	sys, known := order(ecosystem)
	if !known || text == "" || len(text) > maxVersion || !word(text[0]) || ecosystem == packagist || strings.ContainsFunc(text, strange) {
		return v
	}
	written := text
	if sys == semver.Go && !strings.HasPrefix(text, "v") {
		written = "v" + text
	}
	if got, err := sys.Parse(written); err == nil && !got.IsWildcard() {
		v.exact = got
	}
	return v
}

// strange reports letters that are in no version. Some of them stand for any
// number, which the library does not expect everywhere.
func strange(r rune) bool { return r <= ' ' || r > '~' || r == '*' }

func word(c byte) bool { return digit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }

// Comparable reports whether the text can be ordered at all: it is a version of
// its ecosystem, or at least begins with a number.
func (v Version) Comparable() bool {
	if v.exact != nil && v.ecosystem != "Maven" { // Maven orders any word
		return true
	}
	s := strings.TrimLeft(v.text, "vV")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// Prerelease reports whether the version comes before a release.
func (v Version) Prerelease() bool {
	if v.exact != nil {
		return v.exact.IsPrerelease()
	}
	if v.ecosystem == packagist {
		return slices.ContainsFunc(composer(v.text), func(part string) bool { return composerRank(part, true) < 5 })
	}
	return loose(v.text).rest != ""
}

// Compare orders two versions of one ecosystem: -1, 0 or 1.
func (v Version) Compare(w Version) int {
	if v.ecosystem == packagist {
		return composer(v.text).compare(composer(w.text))
	}
	if v.exact != nil && w.exact != nil {
		return v.exact.Compare(w.exact)
	}
	return loose(v.text).compare(loose(w.text))
}

// String returns the version as it was written.
func (v Version) String() string { return v.text }
