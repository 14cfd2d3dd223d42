package secrets

import (
	"slices"
	"strings"
)

// A pattern over a whole file is slow, and its matches stand around its
// keywords. So patterns run on windows of the text: where a keyword is and, as
// far as the pattern's shape tells, where a match can be.

type window struct{ from, to int }

const (
	farthest = 20_000 // of a match without a bound: the largest private keys
	around   = 2_000  // the same for other patterns than those that begin with their keyword
	beside   = 60     // before a keyword in a name
	assigned = 60     // from the end of a keyword to the value it names
)

// window returns where a match of a rule can be, given one place of one of its
// keywords. It reports false if there can be none.
func (r *rule) window(text string, word string, at int) (window, bool) {
	s := r.shape()
	reach := s.longest
	if reach < 0 || reach > farthest {
		reach = farthest
	}
	switch {
	case r.named:
		end, ok := namesValue(text, at+len(word), r.id == "generic-api-key")
		return window{at - beside, end}, ok
	case len(s.begin) > 0:
		for _, h := range s.begin {
			if off, ok := offsetIn(strings.ToLower(h.text), word); ok && at >= off && s.begins(text, at-off) {
				return window{at - off - 1, at - off + reach + 4}, true
			}
		}
		if slices.ContainsFunc(s.begin, func(h head) bool { _, ok := offsetIn(strings.ToLower(h.text), word); return ok }) {
			return window{}, false
		}
	}
	if !s.mentions(word) {
		return window{0, len(text)}, true // the keyword only says what the file is about
	}
	if s.longest < 0 {
		return window{at - around, at + around}, true
	}
	return window{at - reach - 4, at + reach + 4}, true
}

// offsetIn returns where a keyword stands in the beginning of all matches: in
// it, or it goes on after it.
func offsetIn(begin, word string) (int, bool) {
	if i := strings.Index(begin, word); i >= 0 {
		return i, true
	}
	return 0, strings.HasPrefix(word, begin)
}

// namesValue reports whether a name that has a keyword, which ends at an
// offset, can have a value of ten characters or more as the named rules know
// them, and where the text ends that they must see. The most general of them wants a digit in it.
func namesValue(text string, at int, digit bool) (end int, ok bool) {
	last := min(len(text), at+assigned)
	for i := at; i < last; i++ {
		c := text[i]
		if isWord(c) || c == '-' || c == '.' || c == ' ' || c == '\t' || c == '\'' || c == '"' || c == '\n' || c == '\r' {
			continue
		}
		if c == '=' || c == ':' || c == '>' || c == '|' || c == '?' || c == ',' {
			for n := 0; i < len(text) && n < 12 && (strings.IndexByte("=:>|?,`'\" \t\r\n", text[i]) >= 0); n++ {
				i++
			}
			n := i
			for n < len(text) && n < i+600 && (isWord(text[n]) || strings.IndexByte("=.-+/~", text[n]) >= 0) {
				n++
			}
			if n-i < 10 || digit && !strings.ContainsAny(text[i:n], "0123456789") {
				return 0, false
			}
			return min(len(text), n+40), true
		}
		return 0, false
	}
	return 0, false
}

// join sorts windows, cuts them to the text and joins those that touch.
func join(text string, list []window) []window {
	slices.SortFunc(list, func(a, b window) int { return a.from - b.from })
	out := list[:0]
	for _, w := range list {
		w.from, w.to = max(0, w.from), min(len(text), w.to)
		if n := len(out); n > 0 && w.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, w.to)
		} else {
			out = append(out, w)
		}
	}
	return out
}
