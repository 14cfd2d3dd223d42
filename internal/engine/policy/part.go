package policy

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// answerVar holds what a part answers.
const answerVar = ast.Var("__answer__")

// part is the smallest piece of policy that answers by itself: one clause of a
// set, or a rule that is no set. A set is the union of its clauses, so each is
// evaluated, and remembered, by what it alone can read.
type part struct {
	body    ast.Body            // binds answerVar, once for each answer
	whole   bool                // the answer is the rule's value, not an entry of a set
	rule    string              // data.paddock.lib.regions.deny
	place   string              // policies/regions.rego:4:1
	paths   []projection.Path   // what it can read of the gate's input
	glances []projection.Glance // what it can tell of the input
	guard   *guard              // nil if the clause is evaluated whole
	reads   projection.Reading  // the same in the gate's plan
	number  uint32              // among all parts of the set of policies
}

// partsOf takes the rules at ref apart. A clause that only passes on what
// another set holds gives way to the clauses of that set.
func partsOf(c *ast.Compiler, ref ast.Ref) []part {
	if !isSet(c, ref) {
		return []part{wholePart(c, ref)}
	}
	var out []part
	for _, r := range inOrder(c.GetRules(ref)) {
		if from, ok := passesOn(c, r); ok && !from.Equal(ref) {
			out = append(out, partsOf(c, from)...)
			continue
		}
		body := append(slices.Clone(r.Body), ast.Equality.Expr(ast.NewTerm(answerVar), r.Head.Key))
		for i := range body {
			body[i] = body[i].Copy()
			body[i].Index = i
		}
		out = append(out, part{body: body, rule: ref.String(), place: place(r.Location)})
	}
	return once(out)
}

// wholePart asks for the value of the rule at ref.
func wholePart(c *ast.Compiler, ref ast.Ref) part {
	body := ast.NewBody(ast.Equality.Expr(ast.NewTerm(answerVar), ast.NewTerm(ref)))
	return part{body: body, whole: true, rule: ref.String(), place: place(inOrder(c.GetRules(ref))[0].Location)}
}

// isSet reports whether everything at ref is a clause of one set.
func isSet(c *ast.Compiler, ref ast.Ref) bool {
	rules := c.GetRules(ref)
	return len(rules) > 0 && !slices.ContainsFunc(rules, func(r *ast.Rule) bool {
		return r.Head.RuleKind() != ast.MultiValue || r.Head.Key == nil || !r.Ref().Equal(ref)
	})
}

// passesOn recognizes a clause that holds just what another set holds, and
// returns that set:
//
//	deny contains reason if some reason in data.paddock.lib.regions.deny
//	deny contains reason if data.paddock.lib.regions.deny[reason]
func passesOn(c *ast.Compiler, r *ast.Rule) (ast.Ref, bool) {
	if len(r.Body) != 1 || len(r.Body[0].With) > 0 || r.Body[0].Negated {
		return nil, false
	}
	var from *ast.Term
	switch e := r.Body[0]; {
	case e.IsEquality() && e.Operand(0).Equal(r.Head.Key):
		from = e.Operand(1)
	case e.IsEquality() && e.Operand(1).Equal(r.Head.Key):
		from = e.Operand(0)
	default:
		term, ok := e.Terms.(*ast.Term)
		if ref, isRef := refOf(term); !ok || !isRef || !ref[len(ref)-1].Equal(r.Head.Key) {
			return nil, false
		}
		from = term
	}
	ref, ok := refOf(from)
	if _, variable := r.Head.Key.Value.(ast.Var); !ok || !variable {
		return nil, false
	}
	last, variable := ref[len(ref)-1].Value.(ast.Var)
	set := ref[:len(ref)-1]
	if !variable || last == answerVar || !set.IsGround() || !isSet(c, set) {
		return nil, false
	}
	return set, true
}

func refOf(t *ast.Term) (ast.Ref, bool) {
	if t == nil {
		return nil, false
	}
	ref, ok := t.Value.(ast.Ref)
	return ref, ok && len(ref) > 1
}

// inOrder sorts rules by where they stand.
func inOrder(rules []*ast.Rule) []*ast.Rule {
	slices.SortFunc(rules, func(a, b *ast.Rule) int { return a.Location.Compare(b.Location) })
	return rules
}

// once drops clauses that two ways lead to.
func once(parts []part) []part {
	seen := map[string]bool{}
	return slices.DeleteFunc(parts, func(p part) bool {
		id := p.rule + p.place
		defer func() { seen[id] = true }()
		return seen[id]
	})
}
