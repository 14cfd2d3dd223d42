package lockfile

import "strings"

// purlTypes are the types of package URLs.
func purlType(e Ecosystem) string {
	switch e {
	case Go:
		return "golang"
	case Composer:
		return "composer"
	case RubyGems:
		return "gem"
	case Cargo:
		return "cargo"
	}
	return strings.ToLower(string(e))
}

// PURL is the package's URL: https://github.com/package-url/purl-spec.
func (p Package) PURL() string {
	name := p.Name
	switch p.Ecosystem {
	case Maven:
		name = strings.Replace(name, ":", "/", 1)
	case Composer:
		name = strings.ToLower(name)
	}
	return "pkg:" + purlType(p.Ecosystem) + "/" + escape(name, true) + "@" + escape(p.Version, false)
}

// escape writes all but letters, digits and a few marks as %XX. Slashes part
// the segments of a name and stay there.
func escape(s string, slashes bool) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~:", c) >= 0, c == '/' && slashes:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}
