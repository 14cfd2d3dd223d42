package secrets

import (
	"slices"
	"strings"
)

// A pattern over a whole file is slow, and its matches stand around its
// keywords. So patterns run on windows of the text: where a keyword is and, as
// far as the pattern's shape tells, where a match can be. Of most patterns it is
// known with what a match begins: their windows begin there.

type window struct{ from, to, form int32 } // small, for a hostile file has a million

func span(from, to int) window { return window{from: int32(from), to: int32(to)} }

const (
	farthest = 20_000 // of a match without a bound: the largest private keys
	around   = 2_000  // the same for other patterns than those that begin with their keyword
	assigned = 60     // from the end of a keyword to the value it names
)

// windows appends where a match of a rule can be, given one place of one of its
// keywords.
func (r *rule) windows(list []window, text, word string, at int) []window {
	s := r.shape()
	if s.keyed() {
		for i := range s.forms {
			list = s.forms[i].windows(list, i, text, word, at, r.id == "generic-api-key")
		}
		return list
	}
	switch {
	case !s.mentions(word):
		return append(list, span(0, len(text))) // the keyword only says what the file is about
	case s.longest < 0:
		return append(list, span(at-around, at+around))
	}
	reach := min(s.longest, farthest) + 4
	return append(list, span(at-reach, at+reach))
}

// windows appends where a match of a form is, given one place of a keyword, if there
// can be one.
func (f *form) windows(list []window, n int, text, word string, at int, digit bool) []window {
	for _, off := range f.keys[word] {
		if at < off || !f.begins(text, at-off) {
			continue
		}
		w := f.from(text, at-off)
		if f.lead > 0 {
			end, ok := namesValue(text, at+len(word), digit)
			if !ok {
				continue
			}
			w.to = int32(end)
		}
		w.form = int32(n)
		list = append(list, w)
	}
	return list
}

// from is the window of a match whose text begins at an offset.
func (f *form) from(text string, at int) window {
	reach := f.longest
	if reach < 0 || reach > farthest {
		reach = farthest
	}
	return span(at, min(len(text), at+reach+4))
}

// beginnings looks for the texts of forms in windows whose keywords stand elsewhere
// in the match, or only in the file.
func (s *shape) beginnings(text string, near []window) []window {
	var out []window
	for _, w := range near {
		for at := int(w.from); at < int(w.to); at++ {
			for i := range s.forms {
				if f := &s.forms[i]; f.begins(text, at) {
					found := f.from(text, at)
					found.form = int32(i)
					out = append(out, found)
				}
			}
		}
	}
	return out
}

// namesValue reports whether a name that has a keyword, which ends at an
// offset, can have a value of ten characters or more as the named rules know
// them, and where the text ends that they must see. The most general of them wants a digit in it.
func namesValue(text string, at int, digit bool) (end int, ok bool) {
	last := min(len(text), at+assigned)
	for i := at; i < last; i++ {
		switch c := text[i]; {
		case inName(c) || c == ' ' || c == '\t' || c == '\'' || c == '"' || c == '\n' || c == '\r':
			continue
		case c == '=' || c == ':' || c == '>' || c == '|' || c == '?' || c == ',':
			return valueEnd(text, i, digit)
		}
		return 0, false
	}
	return 0, false
}

// valueEnd looks at what stands after a sign of assignment.
func valueEnd(text string, at int, digit bool) (end int, ok bool) {
	for n := 0; at < len(text) && n < 12 && strings.IndexByte("=:>|?,`'\" \t\r\n", text[at]) >= 0; n++ {
		at++
	}
	signs, least, beyond := "=.-+/~", 10, 4
	if !digit {
		signs, least, beyond = "=.-+/~:%", 8, 40
	}
	digits := false
	for end = at; end < len(text) && end < at+600 && (isWord(text[end]) || strings.IndexByte(signs, text[end]) >= 0); end++ {
		digits = digits || text[end] >= '0' && text[end] <= '9'
	}
	if end-at < least || digit && !digits {
		return 0, false
	}
	return min(len(text), end+beyond), true
}

// join sorts windows, cuts them to the text and joins those that touch.
func join(text string, list []window) []window {
	slices.SortFunc(list, func(a, b window) int { return int(a.from - b.from) })
	out := list[:0]
	for _, w := range list {
		w.from, w.to = max(0, w.from), min(int32(len(text)), w.to)
		if n := len(out); n > 0 && w.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, w.to)
		} else {
			out = append(out, w)
		}
	}
	return out
}
