package spdx

import "strings"

// Bounds of one expression.
const (
	maxLength = 2_000
	maxWords  = 200
	maxDepth  = 20
)

// Op joins the parts of an expression.
type Op string

// The operators. One is a single licence.
const (
	One Op = ""
	And Op = "AND"
	Or  Op = "OR"
)

// Expression is a licence, or several joined by one operator.
type Expression struct {
	Op        Op
	Parts     []Expression // of And and Or
	ID        string       // of One: an id of the SPDX list, LicenseRef-..., or another word
	Later     bool         // or any later version
	Exception string       // WITH
	Listed    bool         // the id is on the SPDX list
}

// Parse reads what a package says of its licence: an SPDX expression in any
// case, an older spelling, or ids joined by a slash. It reports false for what
// is none, such as "SEE LICENSE IN FILE", and for one of more than 200 words.
func Parse(s string) (Expression, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxLength {
		return Expression{}, false
	}
	if id, ok := address(s); ok {
		s = id
	}
	s = strings.TrimPrefix(s, "License :: ")
	s = strings.TrimPrefix(s, "OSI Approved :: ")
	if id, ok := alias(s); ok {
		s = id
	}
	words := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s))
	if len(words) == 1 && strings.Contains(s, "/") && !strings.Contains(s, ":") { // MIT/Apache-2.0, as crates had it
		words = strings.Fields(strings.ReplaceAll(s, "/", " OR "))
	}
	p := &parser{words: words}
	if len(words) == 0 || len(words) > maxWords {
		return Expression{}, false
	}
	e, ok := p.join(Or, 0)
	return e, ok && p.next == len(words)
}

// Known reports whether all ids are of the SPDX list.
func (e Expression) Known() bool {
	if e.Op == One {
		return e.Listed
	}
	for _, p := range e.Parts {
		if !p.Known() {
			return false
		}
	}
	return true
}

// String writes the expression as SPDX does.
func (e Expression) String() string {
	if e.Op == One {
		s := e.ID
		if e.Later {
			s += "+"
		}
		if e.Exception != "" {
			s += " WITH " + e.Exception
		}
		return s
	}
	parts := make([]string, len(e.Parts))
	for i, p := range e.Parts {
		parts[i] = p.String()
		if p.Op != One && p.Op != e.Op {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	return strings.Join(parts, " "+string(e.Op)+" ")
}

type parser struct {
	words []string
	next  int
}

func (p *parser) take(word string) bool {
	if p.next < len(p.words) && strings.EqualFold(p.words[p.next], word) {
		p.next++
		return true
	}
	return false
}

// join reads parts joined by OR, and inside them by AND, which binds closer.
func (p *parser) join(op Op, depth int) (Expression, bool) {
	part := func() (Expression, bool) {
		if op == Or {
			return p.join(And, depth)
		}
		return p.one(depth)
	}
	e, ok := part()
	if !ok {
		return e, false
	}
	all := []Expression{e}
	for p.take(string(op)) {
		if e, ok = part(); !ok {
			return e, false
		}
		all = append(all, e)
	}
	if len(all) == 1 {
		return all[0], true
	}
	return Expression{Op: op, Parts: all}, true
}

func (p *parser) one(depth int) (Expression, bool) {
	if p.next == len(p.words) || depth > maxDepth {
		return Expression{}, false
	}
	if p.take("(") {
		e, ok := p.join(Or, depth+1)
		return e, ok && p.take(")")
	}
	word := p.words[p.next]
	p.next++
	if word == ")" || strings.EqualFold(word, "with") || strings.EqualFold(word, "and") || strings.EqualFold(word, "or") {
		return Expression{}, false
	}
	e := single(word)
	if p.take("WITH") {
		if p.next == len(p.words) || p.words[p.next] == "(" || p.words[p.next] == ")" {
			return e, false
		}
		e.Exception = p.words[p.next]
		p.next++
	}
	return e, true
}

func single(word string) Expression {
	if id, ok := ID(word); ok {
		return Expression{ID: id, Listed: true}
	}
	if base, plus := strings.CutSuffix(word, "+"); plus {
		if id, ok := ID(base); ok {
			return Expression{ID: id, Later: true, Listed: true}
		}
	}
	if id, ok := alias(word); ok {
		return Expression{ID: id, Listed: true}
	}
	return Expression{ID: word}
}

// address takes the id from an address of a licence's own page.
func address(s string) (string, bool) {
	_, rest, ok := strings.Cut(s, "://")
	if !ok {
		return "", false
	}
	rest = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(rest, "www."), "/"))
	for _, p := range []string{"opensource.org/licenses/", "opensource.org/license/", "licenses.nuget.org/", "spdx.org/licenses/", "choosealicense.com/licenses/"} {
		if id, ok := strings.CutPrefix(rest, p); ok {
			id = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(id, ".php"), ".html"), "-license")
			return ID(id)
		}
	}
	if strings.HasPrefix(rest, "apache.org/licenses/license-2.0") {
		return "Apache-2.0", true
	}
	return "", false
}
