package secrets

import "slices"

// A pattern over a whole file is slow, and the patterns of generic rules can
// match only around their keywords. So those run on windows of the text.

// candidate is a rule that may match, and where its keywords are.
type candidate struct {
	rule int
	at   []int
}

// candidates returns the rules whose keywords occur, in order.
func (s *Scanner) candidates(text string) []candidate {
	places := map[string][]int{}
	for _, m := range s.words.MatchString(lower(text)) {
		places[m.MatchString()] = append(places[m.MatchString()], int(m.Pos()))
	}
	byRule := map[int][]int{}
	for word, at := range places {
		for _, i := range s.byWord[word] {
			byRule[i] = append(byRule[i], at...)
		}
	}
	for _, i := range s.always {
		byRule[i] = nil
	}
	out := make([]candidate, 0, len(byRule))
	for i, at := range byRule {
		slices.Sort(at)
		out = append(out, candidate{i, at})
	}
	slices.SortFunc(out, func(a, b candidate) int { return a.rule - b.rule })
	return out
}

// lower turns ASCII letters into lower case and leaves every offset as it is.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

type window struct{ from, to int }

// windows returns the parts of the text that a rule must look at, joined where
// they touch, given the places of its keywords in order.
func (r *rule) windows(text string, at []int) []window {
	if r.before == 0 || len(at) == 0 {
		return []window{{0, len(text)}}
	}
	var out []window
	for _, p := range at {
		w := window{max(0, p-r.before), min(len(text), p+r.after)}
		if n := len(out); n > 0 && w.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, w.to)
		} else {
			out = append(out, w)
		}
	}
	return out
}
