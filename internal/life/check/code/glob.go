package code

import "strings"

// glob is a dotted name in which * stands for anything.
type glob struct {
	whole string
	parts []string // between the stars
}

func newGlob(s string) glob { return glob{s, strings.Split(s, "*")} }

func (g glob) match(s string) bool {
	if len(g.parts) == 1 {
		return s == g.whole
	}
	first, last := g.parts[0], g.parts[len(g.parts)-1]
	if !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) || len(s) < len(first)+len(last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, p := range g.parts[1 : len(g.parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return true
}

// last returns the name after the last dot, or "" if it is open.
func (g glob) last() string {
	s := lastName(g.whole)
	if strings.Contains(s, "*") {
		return ""
	}
	return s
}

func lastName(path string) string {
	return path[strings.LastIndexByte(path, '.')+1:]
}
