package code

import (
	"bytes"

	"github.com/tdewolff/parse/v2/js"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/script"
)

// unit is one script under check.
type unit struct {
	s        *script.Script
	found    []core.Finding
	values   map[*js.Var]js.IExpr // variables that are set once, where they are declared
	declared map[string]bool      // names declared anywhere in the script
	literals [][2]int             // spans of literals in the printed code
	cors     corsFacts
}

func newUnit(s *script.Script) *unit {
	u := &unit{s: s, values: map[*js.Var]js.IExpr{}, declared: map[string]bool{}}
	js.Walk(surveyor{u}, s.Root)
	return u
}

// add reports a finding at a node's bytes.
func (u *unit) add(code string, data []byte, call string) { u.addAt(code, u.s.Offset(data), call) }

func (u *unit) addAt(code string, offset int, call string) {
	line, col := u.s.Place(offset)
	at := findings.At{Path: u.s.File.Path, Line: line, Column: col, Quote: u.s.File.Quote(line, col)}
	u.found = append(u.found, findings.New(code, at, "call", call))
}

// finish applies what can be told only after the whole script was seen.
func (u *unit) finish() {
	u.globalCalls()
	u.corsFinish()
}

// value follows a variable to what it was declared with, if it is never set
// again; any other expression stands for itself.
func (u *unit) value(n js.IExpr) js.IExpr {
	for range 5 {
		if g, ok := n.(*js.GroupExpr); ok {
			n = g.X
			continue
		}
		v, ok := n.(*js.Var)
		if !ok {
			return n
		}
		next, ok := u.values[root(v)]
		if !ok || next == nil {
			return n
		}
		n = next
	}
	return n
}

func root(v *js.Var) *js.Var {
	for v.Link != nil {
		v = v.Link
	}
	return v
}

// surveyor notes declarations, later assignments and literals.
type surveyor struct{ u *unit }

// Enter notes one node.
func (s surveyor) Enter(n js.INode) js.IVisitor {
	u := s.u
	switch n := n.(type) {
	case *js.Var:
		if n.Decl != js.NoDecl {
			u.declared[string(n.Name())] = true
		}
	case *js.BindingElement:
		if v, ok := n.Binding.(*js.Var); ok {
			u.declare(v, n.Default)
		}
	case *js.BinaryExpr:
		if v, ok := n.X.(*js.Var); ok && assigns(n.Op) {
			u.values[root(v)] = nil
		}
	case *js.LiteralExpr:
		u.literal(n.Data)
	case *js.MethodDecl:
		u.literal(n.Name.Literal.Data)
	case *js.TemplateExpr:
		for _, p := range n.List {
			u.literal(p.Value)
		}
		u.literal(n.Tail)
	}
	return s
}

// Exit does nothing.
func (surveyor) Exit(js.INode) {}

func (u *unit) declare(v *js.Var, value js.IExpr) {
	v = root(v)
	if _, seen := u.values[v]; seen || v.Decl == js.ArgumentDecl {
		value = nil
	}
	u.values[v] = value
}

func (u *unit) literal(data []byte) {
	if from := u.s.Offset(data); from >= 0 {
		u.literals = append(u.literals, [2]int{from, from + len(data)})
	}
}

func assigns(op js.TokenType) bool {
	switch op {
	case js.EqToken, js.AddEqToken, js.NullishEqToken, js.OrEqToken, js.AndEqToken:
		return true
	}
	return false
}

// calls returns where a function of the given name is called, for a name that
// the script does not declare itself. The tree shares one node among all uses
// of a name, so the printed code is searched, outside of literals.
func (u *unit) calls(name string) []int {
	if u.declared[name] {
		return nil
	}
	var out []int
	code := u.s.Code()
	for from := 0; ; {
		i := bytes.Index(code[from:], []byte(name+"("))
		if i < 0 {
			return out
		}
		at := from + i
		if !u.inLiteral(at) && (at == 0 || !partOfName(code[at-1])) {
			out = append(out, at)
		}
		from = at + len(name)
	}
}

func partOfName(c byte) bool {
	return c == '.' || c == '_' || c == '$' || c == '\\' || c == '#' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (u *unit) inLiteral(at int) bool {
	for _, l := range u.literals {
		if at >= l[0] && at < l[1] {
			return true
		}
	}
	return false
}
