package osv

import "strings"

// Base returns an ecosystem without what follows a colon, where that names
// another registry of the same packages, as in "Maven:https://...".
func Base(ecosystem string) string {
	base, _, more := strings.Cut(ecosystem, ":")
	if _, known := order(base); more && known {
		return base
	}
	return ecosystem
}

// Normal returns a package's name as the database keeps it: the way its
// ecosystem takes different spellings for the same package.
func Normal(ecosystem, name string) string {
	switch ecosystem {
	case "PyPI": // PEP 503
		var b strings.Builder
		b.Grow(len(name))
		run := false
		for _, r := range strings.ToLower(name) {
			if r == '-' || r == '_' || r == '.' {
				run = true
				continue
			}
			if run {
				b.WriteByte('-')
				run = false
			}
			b.WriteRune(r)
		}
		if run {
			b.WriteByte('-')
		}
		return b.String()
	case "NuGet", "Packagist":
		return strings.ToLower(name)
	}
	return name
}

func key(ecosystem, name string) string { return ecosystem + "\x00" + Normal(ecosystem, name) }
