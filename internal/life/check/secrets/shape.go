package secrets

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// shape is what can be told of a pattern's matches without running it.
type shape struct {
	longest  int    // in bytes; -1 if there is no bound
	forms    []form // how matches begin; empty if that is not known
	literals string // all that stands in it as it is, in lower case
}

// shapeOf reads a pattern, which compiles, and whose value is in a group of this number
// if that is not 0.
func shapeOf(pattern string, keywords []string, group int) *shape {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return &shape{longest: -1}
	}
	s := &shape{longest: longest(re), literals: strings.ToLower(literals(re)), forms: formsOf(pattern, re, keywords)}
	if len(s.forms) > 1 && group > 0 {
		s.forms = nil // a form counts its own groups
	}
	return s
}

// keyed reports whether the places of keywords tell where every match begins.
func (s *shape) keyed() bool {
	return len(s.forms) > 0 && !slices.ContainsFunc(s.forms, func(f form) bool { return !f.keyed })
}

// flat opens groups and sequences.
func flat(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		return flat(re.Sub[0])
	case syntax.OpConcat:
		var out []*syntax.Regexp
		for _, sub := range re.Sub {
			out = append(out, flat(sub)...)
		}
		return out
	}
	return []*syntax.Regexp{re}
}

// literals returns the literal parts, one on a line.
func literals(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "."
	case syntax.OpCharClass:
		return "\n" + string(re.Rune[0]) // a set such as [a-z] or [Ss]
	}
	var b strings.Builder
	for _, sub := range re.Sub {
		b.WriteString(literals(sub))
		if re.Op == syntax.OpAlternate {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// longest returns how many bytes a match can have at most, or -1.
func longest(re *syntax.Regexp) int {
	sum, most := 0, 0
	for _, sub := range re.Sub {
		n := longest(sub)
		if n < 0 {
			return -1
		}
		sum, most = sum+n, max(most, n)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(string(re.Rune))
	case syntax.OpCharClass:
		if n := len(re.Rune); n > 0 && re.Rune[n-1] < 0x80 {
			return 1
		}
		return 4
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 4
	case syntax.OpStar, syntax.OpPlus:
		return -1
	case syntax.OpRepeat:
		if re.Max < 0 {
			return -1
		}
		return sum * re.Max
	case syntax.OpAlternate:
		return most
	}
	return sum
}

// tight returns how many characters from the beginning can be no white space.
func tight(re *syntax.Regexp) int {
	n, _ := tightRun(re)
	return n
}

// tightRun also reports whether the count ended inside.
func tightRun(re *syntax.Regexp) (n int, ended bool) {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpWordBoundary, syntax.OpNoWordBoundary, syntax.OpBeginLine, syntax.OpBeginText:
		return 0, false
	case syntax.OpLiteral:
		for i, r := range re.Rune {
			if unicode.IsSpace(r) {
				return i, true
			}
		}
		return len(re.Rune), false
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for _, space := range "\t\n\v\f\r " {
				if re.Rune[i] <= space && space <= re.Rune[i+1] {
					return 0, true
				}
			}
		}
		return 1, false
	case syntax.OpCapture:
		return tightRun(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			more, end := tightRun(sub)
			if n += more; end {
				return n, true
			}
		}
		return n, false
	case syntax.OpRepeat:
		one, end := tightRun(re.Sub[0])
		return one * re.Min, end || re.Min != re.Max
	case syntax.OpPlus:
		one, _ := tightRun(re.Sub[0])
		return one, true
	case syntax.OpAlternate:
		least := -1
		for _, sub := range re.Sub {
			if one, _ := tightRun(sub); least < 0 || one < least {
				least = one
			}
		}
		return least, true
	}
	return 0, true
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// mentions reports whether a keyword, or the half of it that begins or ends it,
// is part of the pattern.
func (s *shape) mentions(word string) bool {
	half := (len(word) + 1) / 2
	return strings.Contains(s.literals, word[:half]) || strings.Contains(s.literals, word[len(word)-half:])
}
