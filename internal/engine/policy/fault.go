package policy

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
)

// regoFault says in plain words, with file:line:column, what OPA found.
func regoFault(e *ast.Error) *core.Error {
	out := &core.Error{Code: core.Invalid, Msg: "This policy does not compile: " + e.Message + ".", Err: e, Field: place(e.Location)}
	switch d := e.Details.(type) {
	case *ast.RefErrInvalidDetail:
		undefinedKey(out, d)
	case *ast.ParserErrorDetail:
		out.Msg = "This policy cannot be read: " + e.Message + "."
		out.Hint = "Look at this line: " + strings.TrimSpace(d.Line)
	}
	if why := whyNotIn(e.Message); why != "" {
		out.Hint = why
	}
	if e.Code == ast.RecursionErr {
		out.Hint = "A rule must not depend on itself. Break the circle."
	}
	return out
}

// undefinedKey explains a reference to a key that the input does not have.
func undefinedKey(out *core.Error, d *ast.RefErrInvalidDetail) {
	if d.Pos >= len(d.Ref) {
		return
	}
	word, known := termText(d.Ref[d.Pos]), valueTexts(d.OneOf)
	out.Msg = fmt.Sprintf("This policy reads %s, but there is no %q there.", d.Ref, word)
	out.Hint = core.DidYouMean(word, known)
	if out.Hint == "" && len(known) > 0 && len(known) <= 30 {
		out.Hint = "There is: " + strings.Join(known, ", ") + "."
	}
}

func termText(t *ast.Term) string {
	if s, ok := t.Value.(ast.String); ok {
		return string(s)
	}
	return t.String()
}

func valueTexts(values []ast.Value) []string {
	out := make([]string, 0, len(values))
	for _, v := range values {
		if s, ok := v.(ast.String); ok {
			out = append(out, string(s))
		}
	}
	return out
}

func place(l *ast.Location) string {
	if l == nil {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Row, l.Col)
}
