package projection

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Path leads from the root of a document to a part of it, one object key a step.
// The empty path is the whole document.
type Path []string

// Reads returns the parts of the input that evaluating body can read, sorted,
// none below another. The body and the rules that it leads to must be compiled by
// c. What is looked up with a name that is only known at run time counts as the
// whole object that it is looked up in.
func Reads(c *ast.Compiler, body ast.Body) []Path {
	r := reader{compiler: c, seen: map[*ast.Rule]bool{}}
	r.whole(body)
	return outermost(r.paths)
}

// Rules returns all rules that evaluating body can lead to, in no order.
func Rules(c *ast.Compiler, body ast.Body) []*ast.Rule {
	r := reader{compiler: c, seen: map[*ast.Rule]bool{}}
	r.whole(body)
	return slices.Collect(maps.Keys(r.seen))
}

// reader follows references from rule to rule.
type reader struct {
	compiler *ast.Compiler
	seen     map[*ast.Rule]bool
	paths    []Path
	compared []Glance
	glances  bool // comparisons with a text are kept apart
	held     names
}

// whole reads a body or a rule.
func (r *reader) whole(x any) {
	if r.glances {
		defer func(outer names) { r.held = outer }(r.held)
		r.held = namesIn(x)
	}
	r.walk(x)
}

// walk reads something within one.
func (r *reader) walk(x any) {
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Expr:
			g, ok := compares(x)
			if !ok {
				g, ok = r.held.binds(x)
			}
			if ok && r.glances {
				r.compared = append(r.compared, g)
				return true
			}
		case ast.Ref:
			r.ref(x)
			return true
		case *ast.With:
			if !x.Target.Equal(ast.NewTerm(ast.InputRootRef)) { // an input that is replaced as a whole is not read
				r.walk(x.Target)
			}
			r.walk(x.Value)
			return true
		case ast.Var: // not the head of a reference: the name by itself
			r.ref(ast.Ref{ast.NewTerm(x)})
		}
		return false
	}).Walk(x)
}

func (r *reader) ref(ref ast.Ref) {
	for _, t := range ref[1:] { // a key may be looked up itself
		r.walk(t)
	}
	switch head := ref[0]; {
	case head.Equal(ast.InputRootDocument):
		r.paths = append(r.paths, constant(ref[1:]))
	case head.Equal(ast.DefaultRootDocument):
		r.follow(ref)
	default:
		if _, plain := head.Value.(ast.Var); !plain {
			r.walk(head) // a reference into the result of a call, or into a literal
		}
	}
}

// follow reads the rules that a reference to data can lead to.
func (r *reader) follow(ref ast.Ref) {
	for _, rule := range r.compiler.GetRulesDynamicWithOpts(ref, ast.RulesOptions{IncludeHiddenModules: true}) {
		if !r.seen[rule] {
			r.seen[rule] = true
			r.whole(rule) // its other definitions by else, too
		}
	}
}

// constant is the part of a reference up to the first step that is not an
// object key written in the policy.
func constant(steps ast.Ref) Path {
	p := Path{}
	for _, t := range steps {
		key, ok := t.Value.(ast.String)
		if !ok {
			break
		}
		p = append(p, string(key))
	}
	return p
}

// outermost sorts paths and drops those that lie within another.
func outermost(paths []Path) []Path {
	slices.SortFunc(paths, slices.Compare)
	out := []Path{}
	for _, p := range paths {
		if n := len(out); n == 0 || !within(p, out[n-1]) {
			out = append(out, p)
		}
	}
	return out
}

// within reports whether p is outer or lies in it.
func within(p, outer Path) bool {
	return len(p) >= len(outer) && slices.Equal(p[:len(outer)], outer)
}
