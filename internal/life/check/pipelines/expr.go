package pipelines

import (
	"strings"

	"github.com/rhysd/actionlint"
)

// expression is one ${{ ... }} in a text.
type expression struct {
	raw  string // with its braces
	from int    // offset in the text
	node actionlint.ExprNode
}

const maxExpression = 20_000

// expressions finds each ${{ ... }} of a text. Those that cannot be read have
// no node.
func expressions(text string) []expression {
	var out []expression
	for at := 0; ; {
		i := strings.Index(text[at:], "${{")
		if i < 0 {
			return out
		}
		from := at + i
		end := closing(text[from+3:])
		if end < 0 {
			return out
		}
		raw := text[from : from+3+end+2]
		out = append(out, expression{raw: raw, from: from, node: parseExpr(raw[3 : len(raw)-2])})
		at = from + len(raw)
	}
}

// closing returns where the braces that end an expression begin; text in
// quotes may hold braces of its own.
func closing(s string) int {
	quoted := false
	for i := 0; i+1 < len(s) && i < maxExpression; i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case !quoted && s[i] == '}' && s[i+1] == '}':
			return i
		}
	}
	return strings.Index(s[:min(len(s), maxExpression)], "}}")
}

// parseExpr reads an expression without its braces, or returns nil.
func parseExpr(s string) actionlint.ExprNode {
	if len(s) > maxExpression || strings.Count(s, "(")+strings.Count(s, "[")+strings.Count(s, "!") > 200 {
		return nil
	}
	n, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(s + "}}"))
	if err != nil {
		return nil
	}
	return n
}

// flows returns the names of what may stand in an expression's result, such as
// "github.event.issue.title". A value that is only compared is not part of the
// result. Indexes by a number or anything that is computed are "*".
func flows(n actionlint.ExprNode) []string {
	switch n := n.(type) {
	case *actionlint.VariableNode, *actionlint.ObjectDerefNode, *actionlint.ArrayDerefNode, *actionlint.IndexAccessNode:
		if name, ok := chain(n); ok {
			return []string{name}
		}
		return deepFlows(n)
	case *actionlint.LogicalOpNode:
		if n.Kind == actionlint.LogicalOpNodeKindAnd {
			return flows(n.Right) // the left side shows only when it is empty or false
		}
		return append(flows(n.Left), flows(n.Right)...)
	case *actionlint.FuncCallNode:
		switch strings.ToLower(n.Callee) {
		case "contains", "startswith", "endswith", "hashfiles", "success", "failure", "always", "cancelled":
			return nil
		case "case":
			var out []string
			for i, a := range n.Args {
				if i%2 == 1 || i == len(n.Args)-1 {
					out = append(out, flows(a)...)
				}
			}
			return out
		}
		var out []string
		for _, a := range n.Args {
			out = append(out, flows(a)...)
		}
		return out
	}
	return nil
}

// deepFlows is for chains that begin with a call, as in fromJSON(x).y.
func deepFlows(n actionlint.ExprNode) []string {
	switch n := n.(type) {
	case *actionlint.ObjectDerefNode:
		return flows(n.Receiver)
	case *actionlint.ArrayDerefNode:
		return flows(n.Receiver)
	case *actionlint.IndexAccessNode:
		return flows(n.Operand)
	}
	return nil
}

// chain writes a chain of names with dots, in lower case.
func chain(n actionlint.ExprNode) (string, bool) {
	switch n := n.(type) {
	case *actionlint.VariableNode:
		return strings.ToLower(n.Name), true
	case *actionlint.ObjectDerefNode:
		left, ok := chain(n.Receiver)
		return left + "." + strings.ToLower(n.Property), ok
	case *actionlint.ArrayDerefNode:
		left, ok := chain(n.Receiver)
		return left + ".*", ok
	case *actionlint.IndexAccessNode:
		left, ok := chain(n.Operand)
		if key, isText := n.Index.(*actionlint.StringNode); isText {
			return left + "." + strings.ToLower(key.Value), ok
		}
		return left + ".*", ok
	}
	return "", false
}

// visitExpr calls visit for each node of an expression.
func visitExpr(n actionlint.ExprNode, visit func(actionlint.ExprNode)) {
	if n == nil {
		return
	}
	actionlint.VisitExprNode(n, func(node, _ actionlint.ExprNode, entering bool) {
		if entering {
			visit(node)
		}
	})
}
