package secrets

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// form is one way in which all matches of a pattern begin, or those of one of its
// alternatives: letters of a name, which may be none, and one of some texts. Where
// that text stands the rest of the pattern is tried, and nowhere else.
type form struct {
	lead     int              // letters of a name before the text, at most
	begin    []head           // the texts
	boundary bool             // no letter or digit stands before it
	tight    int              // as many characters from the text on hold no white space
	longest  int              // from the text on, in bytes; -1 if there is no bound
	keys     map[string][]int // where keywords stand in the texts
	keyed    bool             // each text has one
	rest     func() (*regexp.Regexp, error)
}

// formsOf returns the forms of a pattern, which is given as it was read too, or
// nothing if there is one that is not known.
func formsOf(pattern string, re *syntax.Regexp, keywords []string) []form {
	branches := []*syntax.Regexp{re}
	if re.Op == syntax.OpAlternate {
		branches, pattern = re.Sub, ""
	}
	out := make([]form, len(branches))
	for i, b := range branches {
		if out[i] = formOf(pattern, b, keywords); len(out[i].begin) == 0 {
			return nil
		}
	}
	return out
}

// restOf cuts off a pattern's words what formOf cuts off the pattern, or returns nothing.
// It only saves time: to write a pattern takes longer than to read it.
func restOf(pattern string) string {
	flags := ""
	if rest, ok := strings.CutPrefix(pattern, "(?i)"); ok {
		flags, pattern = "(?i)", rest
	}
	if rest, ok := strings.CutPrefix(pattern, `[\w.-]{0,50}?`); ok && strings.HasPrefix(rest, "(?:") {
		return flags + rest
	}
	if rest, ok := strings.CutPrefix(pattern, `\b`); ok {
		return flags + rest
	}
	return ""
}

func formOf(pattern string, re *syntax.Regexp, keywords []string) form {
	var f form
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	for len(parts) > 0 && isLead(parts[0]) {
		f.lead, parts = f.lead+parts[0].Max, parts[1:]
	}
	if f.lead == 0 && parts[0].Op == syntax.OpWordBoundary {
		f.boundary, parts = true, parts[1:]
	}
	if len(parts) == 0 {
		return f
	}
	src, rest := restOf(pattern), &syntax.Regexp{Op: syntax.OpConcat, Flags: re.Flags, Sub: parts}
	f.begin, f.tight, f.longest = heads(flat(rest)), tight(rest), longest(rest)
	f.rest = sync.OnceValues(func() (*regexp.Regexp, error) {
		switch {
		case f.lead == 0 && !f.boundary && pattern != "":
			src = pattern
		case src == "":
			src = rest.String()
		}
		return regexp.Compile(`\A(?:` + src + `)`)
	})
	f.keys, f.keyed = map[string][]int{}, true
	for _, h := range f.begin {
		found := false
		for _, w := range keywords {
			if at, ok := h.offset(w); ok {
				found = true
				if !slices.Contains(f.keys[w], at) {
					f.keys[w] = append(f.keys[w], at)
				}
			}
		}
		f.keyed = f.keyed && found
	}
	return f
}

// isLead tells [\w.-]{0,50}?, which most rules begin with.
func isLead(re *syntax.Regexp) bool {
	if re.Op != syntax.OpRepeat || re.Flags&syntax.NonGreedy == 0 || re.Min != 0 || re.Max < 0 || re.Sub[0].Op != syntax.OpCharClass {
		return false
	}
	for c := range byte(0x80) {
		if inName(c) != has(re.Sub[0].Rune, rune(c)) {
			return false
		}
	}
	return true
}

func inName(c byte) bool { return isWord(c) || c == '-' || c == '.' }

// has asks for a character in a set, which is a list of ranges.
func has(set []rune, c rune) bool {
	for i := 0; i+1 < len(set); i += 2 {
		if set[i] <= c && c <= set[i+1] {
			return true
		}
	}
	return false
}

// begins reports whether a match can begin with its text at an offset.
func (f *form) begins(text string, at int) bool {
	if f.boundary && (at > 0 && isWord(text[at-1])) == isWord(text[at]) {
		return false
	}
	rest := text[at:]
	for _, h := range f.begin {
		if h.at(rest) {
			return len(rest) >= f.tight && !strings.ContainsAny(rest[:f.tight], " \t\n\r")
		}
	}
	return false
}

// head is a literal beginning.
type head struct {
	text string
	fold bool // in any case
}

func (h head) at(text string) bool {
	if len(text) < len(h.text) {
		return false
	}
	text = text[:len(h.text)]
	return text == h.text || h.fold && strings.EqualFold(text, h.text)
}

// offset returns where a keyword stands in the head: in it, or it goes on after it.
func (h head) offset(word string) (int, bool) {
	low := strings.ToLower(h.text)
	if i := strings.Index(low, word); i >= 0 {
		return i, true
	}
	return 0, strings.HasPrefix(word, low)
}

// manyHeads bounds the beginnings that are told of one pattern.
const manyHeads = 64

// heads returns the literals that a sequence begins with, or nothing.
func heads(parts []*syntax.Regexp) []head {
	if len(parts) == 0 {
		return nil
	}
	var own []head
	switch first := parts[0]; {
	case first.Op == syntax.OpLiteral:
		own = []head{{string(first.Rune), first.Flags&syntax.FoldCase != 0}}
	case first.Op == syntax.OpCharClass && len(first.Rune) <= 8: // of a few letters, or of digits
		for i := 0; i+1 < len(first.Rune); i += 2 {
			for c := first.Rune[i]; c <= first.Rune[i+1] && len(own) <= manyHeads; c++ {
				own = append(own, head{string(c), false})
			}
		}
	case first.Op == syntax.OpRepeat && first.Min > 0:
		return heads(flat(first.Sub[0]))
	case first.Op == syntax.OpAlternate:
		var all []head
		for _, sub := range first.Sub {
			more := heads(flat(sub))
			if more == nil {
				return nil
			}
			all = append(all, more...)
		}
		return few(all)
	}
	return few(then(own, heads(parts[1:])))
}

// then puts every one of next after every one of own, if these are not too many.
func then(own, next []head) []head {
	if len(next) == 0 || len(own)*len(next) > manyHeads {
		return own
	}
	var out []head
	for _, a := range own {
		for _, b := range next {
			out = append(out, head{a.text + b.text, a.fold || b.fold})
		}
	}
	return out
}

func few(list []head) []head {
	if len(list) > manyHeads {
		return nil
	}
	return list
}
