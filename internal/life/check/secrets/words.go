package secrets

// words finds many words in a text at once, without regard to the case of
// ASCII letters: the automaton of Aho and Corasick, as a table over the classes
// of bytes that occur in the words.
type words struct {
	class  [256]uint8
	width  int
	next   []uint16 // state*width + class -> state
	ends   [][]int  // state -> the words that end there, longest first
	length []int    // of each word
}

// place is where a word stands.
type place struct{ word, at int }

// newWords takes words in lower case. There is room for 65,000 letters.
func newWords(list []string) *words {
	w := &words{width: 1, length: make([]int, len(list))}
	for i, s := range list {
		w.length[i] = len(s)
		for _, c := range []byte(s) {
			if w.class[c] == 0 {
				w.class[c] = uint8(w.width)
				w.width++
			}
		}
	}
	for c := byte('a'); c <= 'z'; c++ {
		w.class[c-'a'+'A'] = w.class[c]
	}
	w.grow(list)
	return w
}

func (w *words) state() uint16 {
	w.next, w.ends = append(w.next, make([]uint16, w.width)...), append(w.ends, nil)
	return uint16(len(w.ends) - 1)
}

func (w *words) grow(list []string) {
	w.state()
	for i, s := range list {
		at := uint16(0)
		for _, c := range []byte(s) {
			step := int(at)*w.width + int(w.class[c])
			if w.next[step] == 0 {
				n := w.state()
				w.next[step] = n
			}
			at = w.next[step]
		}
		w.ends[at] = append(w.ends[at], i)
	}
	fail := make([]uint16, len(w.ends))
	var queue []uint16
	for c := range w.width {
		if n := w.next[c]; n != 0 {
			queue = append(queue, n)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		w.ends[at] = append(w.ends[at], w.ends[fail[at]]...)
		for c := range w.width {
			step, other := int(at)*w.width+c, w.next[int(fail[at])*w.width+c]
			if n := w.next[step]; n != 0 {
				fail[n] = other
				queue = append(queue, n)
			} else {
				w.next[step] = other
			}
		}
	}
}

// find appends the place of every word to list, in the order of their ends.
func (w *words) find(text string, list []place) []place {
	at := 0
	for i := 0; i < len(text); i++ {
		at = int(w.next[at*w.width+int(w.class[text[i]])])
		if at != 0 && len(w.ends[at]) > 0 {
			for _, word := range w.ends[at] {
				list = append(list, place{word, i + 1 - w.length[word]})
			}
		}
	}
	return list
}
