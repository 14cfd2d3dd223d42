package identity

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Email returns an address as it is kept: trimmed and in lower case. It takes
// name@host with plain letters, at most 254, a dotted host, and none of RFC
// 5322's comments and quotes. Errors: Invalid, at the field "email".
func Email(text string) (string, error) {
	address := strings.TrimSpace(text)
	if only(address, printable) { // some foreign letters become plain ones in lower case
		address = strings.ToLower(address)
	}
	local, host, found := strings.Cut(address, "@")
	if !found || len(address) > 254 || !goodLocal(local) || !goodHost(host) {
		if len(text) > 80 {
			text = text[:80] + "..."
		}
		return "", core.Errorf(core.Invalid, "%q is not an e-mail address.", text).At("email").Hinted("Write it like this: ana@example.org.")
	}
	return address, nil
}

const (
	alphanumeric = "abcdefghijklmnopqrstuvwxyz0123456789"
	localMarks   = "!#$%&'*+-/=?^_`{|}~."
	printable    = alphanumeric + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + localMarks + "@"
)

// goodLocal wants RFC 5321's dot-string: 1 to 64 letters, dots only between others.
func goodLocal(s string) bool {
	return len(s) >= 1 && len(s) <= 64 && only(s, alphanumeric+localMarks) &&
		s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..")
}

// goodHost wants two labels or more of 1 to 63 letters, digits and inner dashes.
func goodHost(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if len(l) < 1 || len(l) > 63 || !only(l, alphanumeric+"-") || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
	}
	return len(labels) >= 2
}

func only(s, set string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(set, r) })
}
