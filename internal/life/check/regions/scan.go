package regions

import (
	"regexp"
	"strings"
)

// candidate finds words that may be a region's name: letters, digits and
// hyphens.
var candidate = regexp.MustCompile(`[A-Za-z][A-Za-z0-9-]{4,60}`)

// zone is what follows a region in the name of one of its zones: us-west-2a,
// us-central1-b.
var zone = regexp.MustCompile(`^(.*[0-9])-?[a-f]$`)

// scanner knows the names. It is made once for a check.
type scanner struct{ names map[string]bool }

type mention struct {
	offset int
	region string
}

// scan returns the regions that a text names, as whole words, as zones, or
// with the prefix s3-.
func (s scanner) scan(text string) []mention {
	var out []mention
	for _, m := range candidate.FindAllStringIndex(text, -1) {
		if m[0] > 0 && wordByte(text[m[0]-1]) || m[1] < len(text) && wordByte(text[m[1]]) {
			continue
		}
		word := strings.ToLower(text[m[0]:m[1]])
		at := m[0]
		if rest, ok := strings.CutPrefix(word, "s3-"); ok {
			word, at = rest, at+3
		}
		if !s.names[word] {
			z := zone.FindStringSubmatch(word)
			if z == nil || !s.names[z[1]] {
				continue
			}
			word = z[1]
		}
		out = append(out, mention{at, word})
	}
	return out
}

// wordByte reports whether a byte next to a word makes it part of a longer
// one.
func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
