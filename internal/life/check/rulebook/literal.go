package rulebook

import (
	"bytes"
	"regexp/syntax"
	"strings"
	"sync"
)

// Text is a file's text that many patterns are tried on. It is for one goroutine.
type Text struct {
	b     []byte
	small []byte // in small letters, once a pattern asks
	odd   bool   // it has letters that are no ASCII, and yet a form of k or s
}

// NewText makes one; b may not change.
func NewText(b []byte) *Text { return &Text{b: b} }

// In is Match. A pattern that cannot be found without some text is run only where
// one of its texts stands.
func (r Regexp) In(t *Text) bool {
	if r.get == nil {
		return false
	}
	if l := r.texts(); len(l.any) > 0 {
		there, sure := l.in(t)
		if !there || l.all && sure {
			return there
		}
	}
	return r.get().Match(t.b)
}

// literals are texts of which each match of a pattern holds one.
type literals struct {
	any  []string // in small letters if fold
	fold bool     // without regard to the case of letters
	all  bool     // where one stands, the pattern matches
}

// short is how long a text must be at least to be worth looking for.
const short = 3

// in reports whether one of the texts stands in t; it is sure unless t has letters
// that no look for ASCII letters finds.
func (l literals) in(t *Text) (there, sure bool) {
	text := t.b
	if l.fold {
		if text = t.lower(); t.odd {
			return true, false
		}
	}
	for _, s := range l.any {
		if bytes.Contains(text, []byte(s)) {
			return true, true
		}
	}
	return false, true
}

func (t *Text) lower() []byte {
	if t.small == nil {
		t.small = make([]byte, len(t.b))
		for i, c := range t.b {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			t.small[i] = c
		}
		t.odd = bytes.Contains(t.b, []byte("\u212a")) || bytes.Contains(t.b, []byte("\u017f"))
	}
	return t.small
}

// textsOf finds the literals of a pattern, once.
func textsOf(src string) func() literals {
	return sync.OnceValue(func() literals {
		re, err := syntax.Parse(src, syntax.Perl)
		if err != nil {
			return literals{}
		}
		l := required(re)
		for i, s := range l.any {
			if len(s) < short {
				return literals{}
			}
			if l.fold {
				l.any[i] = strings.ToLower(s)
			}
		}
		return l
	})
}

// required returns texts of which each match of re holds one; none if there is no
// such list.
func required(re *syntax.Regexp) literals {
	switch re.Op {
	case syntax.OpLiteral:
		s := string(re.Rune)
		fold := re.Flags&syntax.FoldCase != 0
		if fold && strings.ContainsFunc(s, func(r rune) bool { return r > 127 }) {
			return literals{}
		}
		return literals{any: []string{s}, fold: fold, all: true}
	case syntax.OpCapture:
		return required(re.Sub[0])
	case syntax.OpPlus, syntax.OpRepeat:
		if re.Op == syntax.OpPlus || re.Min > 0 {
			l := required(re.Sub[0])
			l.all = false
			return l
		}
	case syntax.OpConcat:
		return requiredOf(re.Sub)
	case syntax.OpAlternate:
		out := literals{all: true}
		for _, sub := range re.Sub {
			l := required(sub)
			if len(l.any) == 0 {
				return literals{}
			}
			out.all = out.all && l.all && (len(out.any) == 0 || out.fold == l.fold)
			out.any, out.fold = append(out.any, l.any...), out.fold || l.fold
		}
		return out
	}
	return literals{}
}

// most bounds the texts that parts of a pattern make together.
const most = 32

// requiredOf is required for parts that follow one another. Texts side by side make
// longer ones; of all that there are, those count whose shortest is longest.
func requiredOf(parts []*syntax.Regexp) literals {
	var best literals
	run, whole := literals{}, true
	end := func() {
		if len(run.any) > 0 && (len(best.any) == 0 || run.shortest() > best.shortest()) {
			best = run
		}
		run = literals{}
	}
	for _, part := range parts {
		switch part.Op {
		case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
			whole = false // and yet what is before it and what is after it stand side by side
			continue
		}
		l := required(part)
		if !l.all {
			whole = false
			end()
			run = l
			end()
			continue
		}
		if len(run.any) > 0 && (run.fold != l.fold || len(run.any)*len(l.any) > most) {
			whole = false
			end()
		}
		run = run.then(l)
	}
	whole = whole && len(best.any) == 0
	end()
	best.all = whole
	return best
}

// then is every text of l followed by every one of next.
func (l literals) then(next literals) literals {
	if len(l.any) == 0 {
		return next
	}
	out := literals{fold: l.fold}
	for _, a := range l.any {
		for _, b := range next.any {
			out.any = append(out.any, a+b)
		}
	}
	return out
}

func (l literals) shortest() int {
	n := len(l.any[0])
	for _, s := range l.any {
		n = min(n, len(s))
	}
	return n
}
