package code

import (
	"bytes"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// hit is one place that a clause matches.
type hit struct {
	c        *clause
	offset   int
	name     string
	from, to int // what a mend replaces; to is 0 for no mend
	with     string
	value    syntax.Node
}

// tree applies the clauses to a syntax tree.
func (u *unit) apply(ready *clauses) []hit {
	var hits []hit
	add := func(c *clause, at, value syntax.Node) {
		if c.Around.Set() && !c.Around.Match(scopeOf(at).Bytes()) || c.NotNear.Set() && c.NotNear.Match(scopeOf(at).Bytes()) {
			return
		}
		h := hit{c: c, offset: at.Start(), name: c.Name, value: value}
		if h.name == "" {
			h.name = string(bytes.TrimSpace(at.Bytes()))
		}
		h.mend(at, value)
		hits = append(hits, h)
	}
	for n := range u.t.Root().Within() {
		if !n.Named() {
			continue
		}
		switch n.Kind() {
		case "call_expression", "call", "new_expression", "composite_literal", "command", "decorator":
			u.call(ready, n, add)
		case "assignment_expression", "augmented_assignment_expression", "assignment", "augmented_assignment", "assignment_statement", "variable_assignment":
			u.assigned(ready, n.Field("left"), n.Field("right"), n, add)
		case "variable_declarator", "const_spec", "var_spec":
			u.assigned(ready, n.Field("name"), n.Field("value"), n, add)
		case "short_var_declaration":
			u.assigned(ready, n.Field("left").Child(0), n.Field("right").Child(0), n, add)
		case "pair", "keyword_argument", "keyed_element", "jsx_attribute":
			u.paired(ready, n, add)
		case "start_tag", "self_closing_tag", "jsx_opening_element", "jsx_self_closing_element":
			u.tag(ready, n, add)
		}
		if len(ready.texts) > 0 && isTextNode(n) {
			u.texts(ready, n, add)
		}
		for _, c := range ready.queries {
			u.queried(c, n, add)
		}
	}
	u.routes(ready, add)
	return hits
}

type adder func(c *clause, at, value syntax.Node)

// call tries the clauses about calls. The dotted name is made only when the
// last name fits.
func (u *unit) call(ready *clauses, n syntax.Node, add adder) {
	callee := n.Field("function")
	switch n.Kind() {
	case "new_expression":
		callee = n.Field("constructor")
	case "composite_literal":
		callee = n.Field("type")
	case "command":
		callee = n.Field("name")
	case "decorator":
		if callee = n.Child(0); callee.Is("call") {
			return
		}
	}
	if !callee.Ok() || u.follow(receiver(n)).Is("regex") {
		return
	}
	at := lastNode(callee)
	path := ""
	try := func(c *clause) {
		if path == "" {
			if path = u.path(callee); n.Is("command") {
				path = callee.Text()
			}
			if strings.Contains(path, ".") { // only a plain name means something else when it is the file's own
				path = strings.TrimPrefix(path, "~")
			}
		}
		u.clean.more = c.Clean
		for _, g := range c.globs {
			if g.match(path) && u.args(n, c.Args) {
				add(c, at, u.toMend(c, n))
				return
			}
		}
	}
	for _, c := range ready.calls.byName[at.Text()] {
		try(c)
	}
	if callee.Is("identifier") { // may have another name here
		if full := lastName(u.path(callee)); full != at.Text() {
			for _, c := range ready.calls.byName[full] {
				try(c)
			}
		}
	}
	for _, c := range ready.calls.any {
		try(c)
	}
}

func (u *unit) assigned(ready *clauses, left, right, n syntax.Node, add adder) {
	if n.Is("variable_assignment") { // shell
		left, right = n.Field("name"), n.Field("value")
	}
	if left.Is("expression_list") {
		left, right = left.Child(0), right.Child(0)
	}
	if !left.Ok() || !right.Ok() {
		return
	}
	at := lastNode(left)
	path := ""
	try := func(c *clause) {
		if path == "" {
			if path = u.path(left); left.Is("identifier", "variable_name") {
				path = left.Text()
			}
		}
		u.clean.more = c.Clean
		for _, g := range c.globs {
			if g.match(path) && u.holds(right, c.Value) {
				add(c, at, right)
				return
			}
		}
	}
	for _, c := range ready.assigns.byName[at.Text()] {
		try(c)
	}
	for _, c := range ready.assigns.any {
		try(c)
	}
}

func (u *unit) paired(ready *clauses, n syntax.Node, add adder) {
	name, val := u.pair(n)
	if name == "" {
		return
	}
	at := n.Child(0)
	if n.Is("jsx_attribute") {
		at = n.Child(0)
	}
	try := func(c *clause) {
		u.clean.more = c.Clean
		for _, g := range c.globs {
			if g.match(name) && u.holds(val, c.Value) {
				add(c, at, val)
				return
			}
		}
	}
	for _, c := range ready.pairs.byName[lastName(name)] {
		try(c)
	}
	for _, c := range ready.pairs.any {
		try(c)
	}
}

func (u *unit) texts(ready *clauses, n syntax.Node, add adder) {
	if n.Parent().Is("concatenated_string") {
		return
	}
	s := u.fixedText(n)
	for _, c := range ready.texts {
		if c.Text.MatchString(s) && u.holds(n, c.Value) {
			add(c, n, n)
		}
	}
}

// toMend is the argument of a call that a clause speaks of: the first, if it does
// not say another.
func (u *unit) toMend(c *clause, call syntax.Node) syntax.Node {
	switch {
	case c.Mend == nil:
		return arguments(call, 0)
	case c.Mend.Key != "":
		return u.keyword(call, c.Mend.Key)
	}
	return arguments(call, c.Mend.At)
}

// mend says how the clause's mend changes the file, if the value is in one
// line.
func (h *hit) mend(at, value syntax.Node) {
	m := h.c.Mend
	if m == nil {
		return
	}
	n, with := value, m.Value
	if m.Call != "" {
		n, with = at, m.Call
		if !at.Parent().Is("attribute", "member_expression", "selector_expression") {
			return // a name that was imported: the other one was not
		}
	}
	if n.Ok() && with != "" && !bytes.ContainsAny(n.Bytes(), "\n`") {
		h.from, h.to, h.with = n.Start(), n.End(), with
	}
}

// queried tries a clause that is a query. Its value is the capture of that
// name, or else the place itself.
func (u *unit) queried(c *clause, n syntax.Node, add adder) {
	got, ok := c.query.Match(n)
	if !ok {
		return
	}
	at := got["at"]
	if !at.Ok() {
		at = n
	}
	val, ok := got["value"]
	if !ok {
		val = at
	}
	u.clean.more = c.Clean
	for name, cond := range c.Where {
		if !u.holds(got[name], &cond) {
			return
		}
	}
	if u.holds(val, c.Value) {
		add(c, at, val)
	}
}
