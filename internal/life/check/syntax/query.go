package syntax

import (
	"fmt"
	"strings"
)

// Query is a pattern of nodes, written as tree-sitter's queries are:
//
//	(call_expression function: (identifier) @at arguments: (arguments (string) @value))
//
// (_) is any named node, _ any node, "x" a sign or keyword, [a b] one of
// several, name: the part a node plays, @name a capture. Children match in
// order, with any others between them. A query fits every language; kinds that
// a grammar does not have match nothing. It does not change.
type Query struct{ root pattern }

type pattern struct {
	kind     string // "" for any
	sign     bool   // not a named node
	any      bool   // named or not
	field    string
	capture  string
	choices  []pattern
	children []pattern
}

const maxQueryDepth = 30

// Compile reads a query. Its error says where it goes wrong.
func Compile(src string) (*Query, error) {
	r := queryReader{src: src}
	p, err := r.pattern(0)
	if err == nil && r.skip() != 0 {
		err = r.fault("one pattern ends here, and more follows")
	}
	if err != nil {
		return nil, err
	}
	return &Query{p}, nil
}

type queryReader struct {
	src string
	at  int
}

func (r *queryReader) fault(why string) error {
	return fmt.Errorf("the query cannot be read at character %d: %s", r.at+1, why)
}

// skip passes over spaces and returns the next byte, 0 at the end.
func (r *queryReader) skip() byte {
	for r.at < len(r.src) && strings.IndexByte(" \t\r\n", r.src[r.at]) >= 0 {
		r.at++
	}
	if r.at == len(r.src) {
		return 0
	}
	return r.src[r.at]
}

func (r *queryReader) word() string {
	from := r.at
	for r.at < len(r.src) && (r.src[r.at] == '_' || r.src[r.at] >= 'a' && r.src[r.at] <= 'z' || r.src[r.at] >= 'A' && r.src[r.at] <= 'Z' || r.src[r.at] >= '0' && r.src[r.at] <= '9') {
		r.at++
	}
	return r.src[from:r.at]
}

func (r *queryReader) pattern(depth int) (p pattern, err error) {
	if depth > maxQueryDepth {
		return p, r.fault("it is nested too deeply")
	}
	switch c := r.skip(); {
	case c == '(':
		r.at++
		r.skip()
		if p.kind = r.word(); p.kind == "" {
			return p, r.fault("the name of a node must follow")
		}
		if p.kind == "_" {
			p.kind = ""
		}
		p.children, err = r.list(')', depth)
	case c == '[':
		r.at++
		if p.choices, err = r.list(']', depth); err == nil && len(p.choices) == 0 {
			err = r.fault("there is nothing to choose from")
		}
	case c == '"':
		end := strings.IndexByte(r.src[r.at+1:], '"')
		if end < 0 {
			return p, r.fault("the quotes are not closed")
		}
		p.kind, p.sign = r.src[r.at+1:r.at+1+end], true
		r.at += end + 2
	case c == '_':
		r.at++
		p.any = true
	default:
		return p, r.fault("a pattern must stand here")
	}
	for err == nil && r.skip() == '@' {
		r.at++
		if p.capture = r.word(); p.capture == "" {
			err = r.fault("the name of a capture must follow")
		}
	}
	return p, err
}

func (r *queryReader) list(end byte, depth int) ([]pattern, error) {
	var out []pattern
	for {
		c := r.skip()
		if c == end {
			r.at++
			return out, nil
		}
		if c == 0 {
			return nil, r.fault("it is not closed")
		}
		field := ""
		if c != '_' || r.at+1 < len(r.src) && r.src[r.at+1] != ' ' && r.src[r.at+1] != ')' {
			if field = r.word(); field != "" {
				if r.skip() != ':' {
					return nil, r.fault("a colon must follow the name of a part")
				}
				r.at++
			}
		}
		p, err := r.pattern(depth + 1)
		if err != nil {
			return nil, err
		}
		p.field = field
		out = append(out, p)
	}
}

// Captures are the nodes of a match, by name.
type Captures map[string]Node

// Match reports whether a node fits the query, and what was captured.
func (q *Query) Match(n Node) (Captures, bool) {
	steps := 10_000 // a bound for hostile pairs of query and text
	got := Captures{}
	if !q.root.match(n, got, &steps) {
		return nil, false
	}
	return got, true
}

func (p *pattern) match(n Node, got Captures, steps *int) bool {
	if *steps--; *steps < 0 || !n.Ok() || p.field != "" && n.FieldName() != p.field {
		return false
	}
	switch {
	case len(p.choices) > 0:
		found := false
		for i := range p.choices {
			if found = p.choices[i].match(n, got, steps); found {
				break
			}
		}
		if !found {
			return false
		}
	case p.any:
	case p.sign:
		if n.Named() || n.Kind() != p.kind {
			return false
		}
	default:
		if !n.Named() || p.kind != "" && n.Kind() != p.kind || !matchList(p.children, n.first(), got, steps) {
			return false
		}
	}
	if p.capture != "" {
		got[p.capture] = n
	}
	return true
}

// first returns the first child, named or not.
func (n Node) first() Node {
	for c := range n.All() {
		return c
	}
	return Node{}
}

// matchList matches patterns in order against a node and its next siblings.
func matchList(ps []pattern, n Node, got Captures, steps *int) bool {
	if len(ps) == 0 {
		return true
	}
	for ; n.Ok(); n = n.Next() {
		if ps[0].match(n, got, steps) && matchList(ps[1:], n.Next(), got, steps) {
			return true
		}
	}
	return false
}
