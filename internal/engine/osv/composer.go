package osv

import (
	"cmp"
	"strings"
)

// composerVersion is a version of Packagist in parts, ordered as PHP's
// version_compare does; as Composer does, 1.0 and 1.0.0 are the same version.
type composerVersion []string

// composer takes a version apart: at dots, at - _ +, and between a number and a
// word.
func composer(text string) composerVersion {
	s := strings.ToLower(strings.TrimLeft(text, "vV"))
	var parts composerVersion
	start := 0
	cut := func(i int) {
		if i > start {
			parts = append(parts, s[start:i])
		}
		start = i
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' || c == '-' || c == '_' || c == '+':
			cut(i)
			start = i + 1
		case i > start && digit(c) != digit(s[i-1]):
			cut(i)
		}
	}
	cut(len(s))
	lead := 0 // numbers at the beginning
	for lead < len(parts) && number(parts[lead]) {
		parts[lead] = strings.TrimLeft(parts[lead], "0")
		lead++
	}
	end := lead
	for end > 0 && parts[end-1] == "" {
		end--
	}
	return append(parts[:end:end], parts[lead:]...)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func (v composerVersion) compare(w composerVersion) int {
	for i := range max(len(v), len(w)) {
		a, b := at(v, i), at(w, i)
		c := cmp.Compare(composerRank(a, i < len(v)), composerRank(b, i < len(w)))
		if c == 0 && (a == "" || digit(a[0])) {
			c = compareNumbers(strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0"))
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// composerRank is the place of a part: words that nobody knows come first, the
// end of a version just before a number.
func composerRank(part string, there bool) int {
	switch {
	case !there:
		return 5
	case part == "" || digit(part[0]):
		return 6
	}
	switch part {
	case "dev":
		return 1
	case "a", "alpha":
		return 2
	case "b", "beta":
		return 3
	case "rc", "c":
		return 4
	case "p", "pl", "patch":
		return 7
	}
	return 0
}
