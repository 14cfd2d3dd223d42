package code

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// Engine is a set of rules, ready to be applied. It does not change and may be
// used by many goroutines.
type Engine struct {
	Rules   int
	digest  string
	words   *words
	sources map[string][]rulebook.Source // by language
	tainted map[string][]int             // words of sources, by language
	with    map[string][]string          // and texts that must be beside them
	clauses map[string]*clauses          // by language
}

// clause is one way of one rule to find a place.
type clause struct {
	*rulebook.Match
	rule     *rulebook.Rule
	needs    [][]int // of each list, one word must be in the file; a word below zero is a list of words
	globs    []glob
	also     []*clause
	query    *syntax.Query
	alsoOnly bool     // says only whether another clause may match
	with     []string // of the sources
	outside  bool     // matches only where text of a stranger is
}

// clauses are those of one language, by what they look at.
type clauses struct {
	all                             []*clause
	calls, assigns, pairs           index
	texts, tags, queries, routes    []*clause
	statements, instructions, lines []*clause
}

// index finds clauses by the last name of their globs.
type index struct {
	byName map[string][]*clause
	any    []*clause // whose last name is open
}

func (x *index) add(c *clause) {
	if x.byName == nil {
		x.byName = map[string][]*clause{}
	}
	for _, g := range c.globs {
		switch last := g.last(); {
		case last == "":
			if !slices.Contains(x.any, c) {
				x.any = append(x.any, c)
			}
		case !slices.Contains(x.byName[last], c):
			x.byName[last] = append(x.byName[last], c)
		}
	}
}

// New makes an engine of books: Paddock's own and an organisation's.
func New(books ...*rulebook.Book) *Engine {
	e := &Engine{words: newWords(), sources: map[string][]rulebook.Source{}, tainted: map[string][]int{}, with: map[string][]string{}, clauses: map[string]*clauses{}}
	var digests []string
	for _, b := range books {
		e.Rules += len(b.Rules)
		digests = append(digests, b.Digest)
		for _, s := range b.Sources {
			for _, in := range s.In {
				e.sources[in] = append(e.sources[in], s)
				for _, w := range s.Words {
					e.tainted[in] = append(e.tainted[in], e.words.id(w))
				}
				e.with[in] = append(e.with[in], s.With...)
			}
		}
	}
	e.digest = strings.Join(digests, " ")
	for _, b := range books {
		for i := range b.Rules {
			for j := range b.Rules[i].Match {
				e.add(&b.Rules[i], &b.Rules[i].Match[j])
			}
		}
	}
	return e
}

func (e *Engine) add(r *rulebook.Rule, m *rulebook.Match) {
	for _, in := range m.In {
		c := e.clause(r, m, in)
		cs := e.clauses[in]
		if cs == nil {
			cs = &clauses{}
			e.clauses[in] = cs
		}
		cs.all = append(cs.all, c)
		cs.place(c)
	}
}

func (cs *clauses) place(c *clause) {
	switch {
	case len(c.Call) > 0:
		cs.calls.add(c)
	case len(c.Assign) > 0:
		cs.assigns.add(c)
	case len(c.Pair) > 0:
		cs.pairs.add(c)
	case c.Text.Set():
		cs.texts = append(cs.texts, c)
	case len(c.Tag) > 0:
		cs.tags = append(cs.tags, c)
	case c.Query != "":
		cs.queries = append(cs.queries, c)
	case c.Route:
		cs.routes = append(cs.routes, c)
	case c.Statement.Set():
		cs.statements = append(cs.statements, c)
	case c.Instruction.Set():
		cs.instructions = append(cs.instructions, c)
	default:
		cs.lines = append(cs.lines, c)
	}
}

func (e *Engine) clause(r *rulebook.Rule, m *rulebook.Match, in string) *clause {
	c := &clause{Match: m, rule: r}
	if m.Query != "" {
		q, err := syntax.Compile(m.Query)
		if err != nil {
			panic(fmt.Sprintf("rule %s: %v", r.Code, err)) // the book was read with Load, which refuses it
		}
		c.query = q
	}
	names := slices.Concat(m.Call, m.Assign, m.Pair)
	var named []int
	for _, n := range names {
		c.globs = append(c.globs, newGlob(n))
		named = append(named, e.words.together(n))
	}
	if len(named) > 0 && !slices.Contains(named, none) {
		c.needs = append(c.needs, named)
	}
	if len(m.Words) > 0 {
		var ids []int
		for _, w := range m.Words {
			ids = append(ids, e.words.together(w))
		}
		c.needs = append(c.needs, ids)
	}
	if onlyTainted(m) {
		c.outside = true
		c.needs = append(c.needs, e.tainted[in])
		c.with = e.with[in]
	}
	for i := range m.Also {
		a := e.clause(r, &m.Also[i], in)
		a.alsoOnly = true
		c.also = append(c.also, a)
	}
	return c
}

// onlyTainted reports whether a clause can match only where a stranger's text is.
func onlyTainted(m *rulebook.Match) bool {
	for _, c := range m.Args {
		if slices.Contains(c.Is, "tainted") {
			return true
		}
	}
	return m.Value != nil && slices.Contains(m.Value.Is, "tainted")
}

// text returns the rule's words for people.
func (c *clause) text() findings.Text {
	t := findings.OfRule(*c.rule)
	if c.Severity != "" {
		t.Severity = core.Severity(c.Severity)
	}
	return t
}
