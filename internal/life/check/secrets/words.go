package secrets

// words finds many words in a text at once, without regard to the case of
// ASCII letters: the automaton of Aho and Corasick, as a table over the classes
// of bytes that occur in the words.
type words struct {
	class  [256]uint8
	width  int
	next   []uint32  // state/2 + class -> state: number times width, twice, and one more where words end
	ends   [][]int32 // state/width -> the words that end there, longest first
	length []int32   // of each word
}

// place is where a word stands.
type place struct{ word, at int32 }

// newWords takes words in lower case. There is room for a million letters.
func newWords(list []string) *words {
	w := &words{width: 1, length: make([]int32, len(list))}
	for i, s := range list {
		w.length[i] = int32(len(s))
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

// state adds one and returns its number.
func (w *words) state() uint32 {
	w.next, w.ends = append(w.next, make([]uint32, w.width)...), append(w.ends, nil)
	return uint32(len(w.ends) - 1)
}

func (w *words) grow(list []string) {
	w.state()
	for i, s := range list {
		at := uint32(0)
		for _, c := range []byte(s) {
			step := int(at)*w.width + int(w.class[c])
			if w.next[step] == 0 {
				n := w.state()
				w.next[step] = n
			}
			at = w.next[step]
		}
		w.ends[at] = append(w.ends[at], int32(i))
	}
	fail := make([]uint32, len(w.ends))
	var queue []uint32
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
	for i, n := range w.next {
		w.next[i] = n * uint32(w.width) * 2
		if len(w.ends[n]) > 0 {
			w.next[i]++
		}
	}
}

// find appends the place of every word to list, in the order of their ends.
func (w *words) find(text string, list []place) []place {
	next, at := w.next, uint32(0)
	for i := range len(text) {
		at = next[at>>1+uint32(w.class[text[i]])]
		if at&1 != 0 {
			for _, word := range w.ends[at>>1/uint32(w.width)] {
				list = append(list, place{word, int32(i) + 1 - w.length[word]})
			}
		}
	}
	return list
}
