package code

import "strings"

// words finds which of the rules' words are in a text, in one pass. A word is
// letters, digits, low lines and dollar signs.
type words struct {
	ids   map[string]int
	lists [][]int // words that must be there together; list i has the id -2-i
}

// none is the id of nothing to look for.
const none = -1

func newWords() *words { return &words{ids: map[string]int{}} }

func (w *words) id(word string) int {
	id, ok := w.ids[word]
	if !ok {
		id = len(w.ids)
		w.ids[word] = id
	}
	return id
}

// together returns the id of all words of a dotted name. Words of one or two
// letters are left out, as nearly every file has them.
func (w *words) together(name string) int {
	var ids []int
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r >= 0x80 || !wordByte[byte(r)] && r != '*' }) {
		if len(word) > 2 && !strings.Contains(word, "*") {
			ids = append(ids, w.id(word))
		}
	}
	switch len(ids) {
	case 0:
		return none
	case 1:
		return ids[0]
	}
	w.lists = append(w.lists, ids)
	return -1 - len(w.lists)
}

var wordByte = func() (is [256]bool) {
	for c := range is {
		is[c] = c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return is
}()

// in returns which words a text holds, by id.
func (w *words) in(text []byte) []bool {
	found := make([]bool, len(w.ids))
	for i := 0; i < len(text); {
		if !wordByte[text[i]] {
			i++
			continue
		}
		from := i
		for i < len(text) && wordByte[text[i]] {
			i++
		}
		if n := i - from; n > 1 && n < 40 {
			if id, ok := w.ids[string(text[from:i])]; ok {
				found[id] = true
			}
		}
	}
	return found
}

// meets reports whether a text with these words can match a clause.
func (w *words) meets(found []bool, c *clause) bool {
	for _, list := range c.needs {
		if !w.one(found, list) {
			return false
		}
	}
	return true
}

func (w *words) one(found []bool, list []int) bool {
	for _, id := range list {
		if id >= 0 && found[id] || id == none || id < none && w.all(found, w.lists[-2-id]) {
			return true
		}
	}
	return false
}

func (w *words) all(found []bool, ids []int) bool {
	for _, id := range ids {
		if !found[id] {
			return false
		}
	}
	return true
}
