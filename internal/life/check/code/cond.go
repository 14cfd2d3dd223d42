package code

import (
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/rulebook"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// args reports whether all conditions on a call's arguments hold.
func (u *unit) args(call syntax.Node, conds []rulebook.Cond) bool {
	for i := range conds {
		if !u.arg(call, &conds[i]) {
			return false
		}
	}
	return true
}

func (u *unit) arg(call syntax.Node, c *rulebook.Cond) bool {
	switch {
	case c.Any:
		for n := range positional(call) {
			if u.holds(u.property(n, c.Key), c) {
				return true
			}
		}
		for n := range call.Field("arguments").Children() {
			if n.Is("keyword_argument") && u.holds(n.Field("value"), c) {
				return true
			}
		}
		return false
	case c.At == nil && c.Key != "":
		return u.holds(u.keyword(call, c.Key), c)
	case c.At == nil:
		return u.holds(arguments(call, 0), c)
	}
	return u.holds(u.property(arguments(call, *c.At), c.Key), c)
}

// property returns the value of a key of an object, or the value itself if no
// key is asked for.
func (u *unit) property(n syntax.Node, key string) syntax.Node {
	if key == "" {
		return n
	}
	n = u.follow(n)
	for c := range n.Children() {
		if c.Is("literal_value") {
			return u.property(c, key)
		}
		if name, val := u.pair(c); name == key {
			return val
		}
	}
	return syntax.Node{}
}

// keyword returns a keyword argument, or the property of any argument that is
// an object.
func (u *unit) keyword(call syntax.Node, key string) syntax.Node {
	list := call.Field("arguments")
	if !list.Ok() {
		list = call.Field("body") // a composite literal
	}
	for n := range list.Children() {
		if name, val := u.pair(n); name == key {
			return val
		}
	}
	for n := range positional(call) {
		if val := u.property(n, key); val.Ok() {
			return val
		}
	}
	return syntax.Node{}
}

// pair returns name and value of a part of an object, of a keyword argument or
// of a JSX attribute.
func (u *unit) pair(n syntax.Node) (string, syntax.Node) {
	switch n.Kind() {
	case "pair":
		k := n.Field("key")
		if isTextNode(k) {
			return u.fixedText(k), n.Field("value")
		}
		return k.Text(), n.Field("value")
	case "keyword_argument":
		return n.Field("name").Text(), n.Field("value")
	case "keyed_element":
		k := unwrapped(n.Child(0))
		if isTextNode(k) {
			return u.fixedText(k), unwrapped(n.Child(1))
		}
		return k.Text(), unwrapped(n.Child(1))
	case "jsx_attribute":
		return n.Child(0).Text(), unwrapped(n.Child(1))
	case "shorthand_property_identifier":
		return n.Text(), n
	}
	return "", syntax.Node{}
}

// holds reports whether a condition holds of a value.
func (u *unit) holds(n syntax.Node, c *rulebook.Cond) bool {
	if c == nil {
		return true
	}
	for _, s := range c.Is {
		if !u.is(n, s) {
			return false
		}
	}
	if c.Text.Set() && !c.Text.MatchString(u.anyText(n)) || c.Code.Set() && (!n.Ok() || !c.Code.Match(u.follow(n).Bytes()) && !c.Code.Match(n.Bytes())) {
		return false
	}
	if c.Not != nil && u.holds(n, c.Not) {
		return false
	}
	if len(c.Or) == 0 {
		return true
	}
	for i := range c.Or {
		if u.holds(u.property(n, c.Or[i].Key), &c.Or[i]) {
			return true
		}
	}
	return false
}

// anyText returns the fixed text of a value, or what it begins with.
func (u *unit) anyText(n syntax.Node) string {
	if s, ok := u.constant(n); ok {
		return s
	}
	return u.beginning(n)
}

func (u *unit) is(n syntax.Node, state string) bool {
	switch state {
	case "absent":
		return !n.Ok()
	case "present":
		return n.Ok()
	}
	if !n.Ok() {
		return false
	}
	switch state {
	case "tainted":
		return u.isTainted(n)
	case "leads":
		return u.leads(n, 0)
	case "built":
		return u.built(n)
	case "dynamic":
		return !u.fixed(n) && !u.follow(n).Is("arrow_function", "function_expression", "function", "lambda", "func_literal")
	case "constant":
		_, ok := u.constant(n)
		return ok || u.follow(n).Is("number", "integer", "int_literal", "true", "false")
	case "text":
		f := u.follow(n)
		return isTextNode(f) || u.textual(f, 0)
	case "true", "false":
		return u.truth(n) == state
	case "function":
		return scopeKind(u.follow(n))
	case "object":
		return u.follow(n).Is("object", "dictionary", "composite_literal")
	case "empty":
		s, ok := u.constant(n)
		return ok && strings.TrimSpace(s) == ""
	}
	return false
}

// truth returns "true" or "false" for what surely is: also 1, !0, "true".
func (u *unit) truth(n syntax.Node) string {
	f := u.follow(n)
	switch strings.ToLower(f.Text()) {
	case "true", "!0", "1":
		return "true"
	case "false", "!1", "0":
		return "false"
	}
	if s, ok := u.constant(f); ok {
		switch strings.ToLower(s) {
		case "true", "1":
			return "true"
		case "false", "0":
			return "false"
		}
	}
	return ""
}
