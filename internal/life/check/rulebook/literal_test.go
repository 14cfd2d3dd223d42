package rulebook

import (
	"strings"
	"testing"
)

// In answers as the pattern alone does, for the patterns of all rules and for some
// that are hard, on texts with and without what they look for.
func TestInIsMatch(t *testing.T) {
	patterns := []string{`a|`, `(?i)kelvin|sign`, `(?i)class`, `abc+`, `(abc){0,2}x`, `(?i:GET)|post`, `\bzod\b|ajv`, `require\(.x|from .x`, `(?m)^\s*(import random|from random)`, `[Aa]gent`, `(a|b)(c|d)ef`, `\bwin\.(loc|doc)\b`, `x(?:abc)(?i:def)`, `(abc)+def`, `x(abc)+y`, `abc$def`, `ab(c|)d`, `über|(?i)ÜBER`}
	for _, r := range Builtin().Rules {
		for _, m := range r.Match {
			for _, p := range []Regexp{m.File, m.NotFile} {
				if p.Set() {
					patterns = append(patterns, p.String())
				}
			}
		}
	}
	texts := []string{"", "\u212aELVIN", "cla\u017f\u017f", "CLASS", "post GET Post get", "abcc", "xx", "zodiac", "a zod b", "import  random\n  import random", "ÜBER", "agent Agent", "acef", "bdef", "win.loc", "win.location", "xabcDEF", "abcabcdef", "xabcabcy", "abc\ndef", "abd", "abcd"}
	for _, p := range patterns {
		for word := range strings.FieldsFuncSeq(p, func(r rune) bool { return strings.ContainsRune(`|()\[]{}^$*+?`, r) }) {
			texts = append(texts, "x "+word+" y", strings.ToUpper(word), word+"x\n")
		}
	}
	used := 0
	for _, src := range patterns {
		p := Pattern(src)
		if len(p.texts().any) > 0 {
			used++
		}
		for _, text := range texts {
			if got, want := p.In(NewText([]byte(text))), p.Match([]byte(text)); got != want {
				t.Errorf("%q in %q: got %v, want %v", src, text, got, want)
			}
		}
	}
	if used < len(patterns)*2/3 {
		t.Errorf("%d of %d patterns have a text to look for", used, len(patterns))
	}
}
