package secrets

import (
	"cmp"
	"slices"
)

// mostTried is how many bytes patterns may see of a short text, again and again.
const mostTried = 1_000_000

// finder finds the matches of one form, given where they can begin.
type finder struct {
	form  *form
	n     int32    // the form's number
	near  []window // of all forms: where a text of one stands, and what a match there must see
	begin int      // where the text of the match stands
	match []int    // nil: there is none, or it was not looked for
}

// starts gives the matches of a rule to a function, as its pattern finds them in the
// whole text, given the windows of its forms. It reports false, and nothing was done, if
// these overlap so much that to try each would take long.
func (r *rule) starts(text string, near []window, take func(match []int) error) (bool, error) {
	slices.SortFunc(near, func(a, b window) int { return cmp.Or(int(a.from-b.from), int(b.to-a.to)) })
	if tooMany(near) {
		return false, nil
	}
	var finders []finder
	for i := range r.shape().forms {
		finders = append(finders, finder{form: &r.shape().forms[i], n: int32(i), near: near})
	}
	for done := 0; ; {
		var best []int
		for i := range finders {
			if err := finders[i].next(text, done); err != nil {
				return true, err
			}
			if m := finders[i].match; m != nil && (best == nil || m[0] < best[0]) {
				best = m
			}
		}
		if best == nil {
			return true, nil
		}
		if err := take(best); err != nil {
			return true, err
		}
		done = best[1]
	}
}

// tooMany reports whether sorted windows show the same text more than three times.
func tooMany(near []window) bool {
	tried, covered, end := 0, 0, int32(0)
	for _, w := range near {
		tried, covered, end = tried+int(w.to-w.from), covered+int(max(0, w.to-max(end, w.from))), max(end, w.to)
	}
	return tried > mostTried+3*covered
}

// next finds the next match that begins at done or after it.
func (f *finder) next(text string, done int) error {
	if f.match != nil && f.begin >= done {
		f.match[0] = max(f.match[0], done)
		return nil
	}
	f.match = nil
	for len(f.near) > 0 {
		w := f.near[0]
		f.near = f.near[1:]
		if int(w.from) < done || w.form != f.n {
			continue
		}
		rest, err := f.form.rest()
		if err != nil {
			return err
		}
		m := rest.FindStringSubmatchIndex(text[w.from:w.to])
		if m == nil || int(w.from)+m[1] == int(w.to) && int(w.to) < len(text) {
			continue // none, or cut off by the window: not a whole value
		}
		f.begin, f.match = int(w.from), moved(m, int(w.from))
		for n := 0; n < f.form.lead && m[0] > done && inName(text[m[0]-1]); n++ {
			m[0]--
		}
		return nil
	}
	return nil
}

// moved turns places in a window into places in the text.
func moved(m []int, by int) []int {
	for i := range m {
		if m[i] >= 0 {
			m[i] += by
		}
	}
	return m
}
