package projection

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Glance is a part of the input that a rule reads: the whole of it, or only
// whether it is one of a few texts.
type Glance struct {
	Path    Path
	Against []string // sorted; empty if the whole part is read
}

// Glances returns what evaluating body can tell of the input. It is Reads, but for
// parts that are only ever held against texts which stand in the policy.
func Glances(c *ast.Compiler, body ast.Body) []Glance {
	r := reader{compiler: c, seen: map[*ast.Rule]bool{}, glances: true}
	r.whole(body)
	whole := outermost(r.paths)
	var out []Glance
	for _, p := range whole {
		out = append(out, Glance{Path: p})
	}
	texts := map[int][]string{} // by the first glance with the path
	for i, g := range r.compared {
		if slices.ContainsFunc(whole, func(p Path) bool { return within(g.Path, p) }) {
			continue
		}
		first := slices.IndexFunc(r.compared, func(o Glance) bool { return slices.Equal(o.Path, g.Path) })
		texts[first] = append(texts[first], r.compared[i].Against...)
	}
	for first, list := range texts {
		slices.Sort(list)
		out = append(out, Glance{Path: r.compared[first].Path, Against: slices.Compact(list)})
	}
	slices.SortFunc(out, func(a, b Glance) int { return slices.Compare(a.Path, b.Path) })
	return out
}

// compares recognizes input.a.b == "text".
func compares(e *ast.Expr) (Glance, bool) {
	if !isComparison(e) {
		return Glance{}, false
	}
	for i := range 2 {
		p, isPath := inputPath(e.Operand(i))
		text, isText := e.Operand(1 - i).Value.(ast.String)
		if isPath && isText {
			return Glance{Path: p, Against: []string{string(text)}}, true
		}
	}
	return Glance{}, false
}

// isComparison reports whether an expression holds two terms against each other.
func isComparison(e *ast.Expr) bool {
	op := e.Operator()
	return len(e.With) == 0 && len(e.Operands()) == 2 &&
		(op.Equal(ast.Equality.Ref()) || op.Equal(ast.Equal.Ref()) || op.Equal(ast.NotEqual.Ref()))
}

// inputPath is the path of a reference to one part of the input.
func inputPath(t *ast.Term) (Path, bool) {
	ref, ok := t.Value.(ast.Ref)
	if !ok || !ref[0].Equal(ast.InputRootDocument) {
		return nil, false
	}
	p := constant(ref[1:])
	return p, len(p) > 0 && len(p) == len(ref)-1
}

// names are the local names of a rule that stand for a part of the input which is
// only held against texts. The compiler makes such names for what is given to a
// function, so input.a != "text" becomes x = input.a; neq(x, "text").
type names map[ast.Var][]string

// namesIn finds them: names that occur where they are bound, and otherwise only
// in comparisons with a text.
func namesIn(x any) names {
	held, occurs, bound := names{}, map[ast.Var]int{}, map[ast.Var]int{}
	ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case ast.Var:
			occurs[x]++
		case *ast.Expr:
			if !isComparison(x) {
				break
			}
			for i := range 2 {
				v, isVar := x.Operand(i).Value.(ast.Var)
				text, isText := x.Operand(1 - i).Value.(ast.String)
				if isVar && isText {
					held[v] = append(held[v], string(text))
				}
				if _, isPath := inputPath(x.Operand(1 - i)); isVar && isPath && !x.Negated {
					bound[v]++
				}
			}
		}
		return false
	}).Walk(x)
	for v, texts := range held {
		if bound[v] != 1 || occurs[v] != 1+len(texts) {
			delete(held, v)
		}
	}
	return held
}

// binds recognizes x = input.a.b for such a name.
func (n names) binds(e *ast.Expr) (Glance, bool) {
	if !isComparison(e) {
		return Glance{}, false
	}
	for i := range 2 {
		v, isVar := e.Operand(i).Value.(ast.Var)
		p, isPath := inputPath(e.Operand(1 - i))
		if isVar && isPath && len(n[v]) > 0 {
			return Glance{Path: p, Against: n[v]}, true
		}
	}
	return Glance{}, false
}
