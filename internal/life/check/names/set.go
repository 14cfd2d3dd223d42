package names

import "slices"

// Set is a set of names. It is made by New and does not change.
type Set struct {
	texts []string
	heads map[uint32][]int32 // names by their first three letters, the longest first
	bits  []uint64           // which heads there are
}

const headLen = 3

// New makes a set. The texts are in small letters, begin with a letter or a
// digit and are at least three bytes long; shorter ones are never found. A name
// is known by its place in the list.
func New(texts []string) *Set {
	s := &Set{texts: texts, heads: map[uint32][]int32{}, bits: make([]uint64, 1<<18/64)}
	for i, t := range texts {
		if len(t) < headLen || !word(t[0]) {
			continue
		}
		h := head(t[0], t[1], t[2])
		s.heads[h] = append(s.heads[h], int32(i))
		s.bits[h/64] |= 1 << (h % 64)
	}
	for _, list := range s.heads {
		slices.SortStableFunc(list, func(a, b int32) int { return len(texts[b]) - len(texts[a]) })
	}
	return s
}

// Hit is one name in a text.
type Hit struct {
	Name     int32 // its place in the list
	From, To int32
}

// Scan returns the names in a text, in order and at most limit of them, and
// whether that was all. Where several names begin, it is the longest one after
// which a word ends; names that are the same are all found.
func (s *Set) Scan(text []byte, limit int) (hits []Hit, whole bool) {
	n := len(text)
	for i := 0; i+headLen <= n; {
		if !word(text[i]) {
			i++
			continue
		}
		h := head(text[i], text[i+1], text[i+2])
		if s.bits[h/64]&(1<<(h%64)) != 0 {
			if hits = s.at(hits, text, i, h); len(hits) > limit {
				return hits[:limit], false
			}
		}
		for i++; i < n && word(text[i]); i++ {
		}
	}
	return hits, true
}

func (s *Set) at(hits []Hit, text []byte, i int, h uint32) []Hit {
	longest := ""
	for _, id := range s.heads[h] {
		name := s.texts[id]
		if longest != "" && name != longest {
			if len(name) < len(longest) {
				break
			}
			continue
		}
		end := i + len(name)
		if end > len(text) || !same(text[i:end], name) || end < len(text) && word(text[end]) && !zone(text, end) {
			continue
		}
		longest = name
		hits = append(hits, Hit{id, int32(i), int32(end)})
	}
	return hits
}

// zone reports whether one letter from a to f follows a digit and ends the
// word, as in us-west-2a.
func zone(text []byte, end int) bool {
	c := text[end] | 0x20
	return c >= 'a' && c <= 'f' && text[end-1] >= '0' && text[end-1] <= '9' && (end+1 == len(text) || !word(text[end+1]))
}

func same(text []byte, name string) bool {
	for j := range len(name) {
		if fold(text[j]) != fold(name[j]) {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c | 0x20
	case c == '_':
		return '-'
	}
	return c
}

// word reports whether a byte is a letter or a digit.
func word(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// head packs three bytes into 18 bits. Bytes that share a class only cost time.
func head(a, b, c byte) uint32 {
	return uint32(fold(a)&63)<<12 | uint32(fold(b)&63)<<6 | uint32(fold(c)&63)
}

// Join puts lists of names together and returns where each list begins.
func Join(lists ...[]string) (all []string, starts []int) {
	for _, l := range lists {
		starts = append(starts, len(all))
		all = append(all, l...)
	}
	return all, starts
}
