package osv

import (
	"cmp"
	"strings"
)

// looseVersion is any text that begins with numbers: the numbers, and what
// follows them.
type looseVersion struct {
	numbers []string // without leading zeros
	rest    string   // without a build, which begins with "+"
}

func loose(text string) looseVersion {
	s := strings.TrimLeft(text, "vV")
	s, _, _ = strings.Cut(s, "+")
	var v looseVersion
	for {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		if n == 0 {
			break
		}
		v.numbers = append(v.numbers, strings.TrimLeft(s[:n], "0"))
		s = s[n:]
		if !strings.HasPrefix(s, ".") {
			break
		}
		s = s[1:]
	}
	v.rest = strings.ToLower(strings.Trim(s, "-._"))
	return v
}

// compare orders by the numbers, then takes what has a word after them as the
// earlier one, as semantic versioning does.
func (v looseVersion) compare(w looseVersion) int {
	for i := range max(len(v.numbers), len(w.numbers)) {
		if c := compareNumbers(at(v.numbers, i), at(w.numbers, i)); c != 0 {
			return c
		}
	}
	switch {
	case v.rest == w.rest:
		return 0
	case v.rest == "":
		return 1
	case w.rest == "":
		return -1
	}
	return compareWords(strings.Split(v.rest, "."), strings.Split(w.rest, "."))
}

func compareWords(v, w []string) int {
	for i := range min(len(v), len(w)) {
		a, b := number(v[i]), number(w[i])
		c := 0
		switch {
		case a && b:
			c = compareNumbers(strings.TrimLeft(v[i], "0"), strings.TrimLeft(w[i], "0"))
		case a:
			c = -1
		case b:
			c = 1
		default:
			c = strings.Compare(v[i], w[i])
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(len(v), len(w))
}

func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// compareNumbers orders decimal numbers of any length, without leading zeros.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}
