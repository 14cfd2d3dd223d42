package policy

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
)

// regoFault says in plain words, with file:line:column, what OPA found.
func regoFault(e *ast.Error) *core.Error {
	out := &core.Error{Code: core.Invalid, Msg: "This policy does not compile: " + clip(e.Message) + ".", Err: e, Field: place(e.Location)}
	switch d := e.Details.(type) {
	case *ast.RefErrInvalidDetail:
		undefinedKey(out, d)
	case *ast.ParserErrorDetail:
		out.Msg = "This policy cannot be read: " + clip(e.Message) + "."
		out.Hint = "Look at this line: " + around(d.Line, d.Idx)
	}
	if e.Message == "empty module" {
		out.Msg, out.Hint = "The policy file is empty.", "Start it with a package line, or delete it."
	}
	if why := whyNotIn(e.Message); why != "" {
		out.Hint = why
	}
	if e.Code == ast.RecursionErr {
		out.Hint = "A rule must not depend on itself. Break the circle."
	}
	return out
}

// maxLine bounds the bytes of a line that is shown.
const maxLine = 160

// around returns a line, or of a long one what stands about byte at.
func around(line string, at int) string {
	if len(line) > maxLine {
		from := max(0, min(at, len(line))-maxLine/2)
		line = strings.ToValidUTF8(line[from:min(len(line), from+maxLine)], "")
	}
	return strings.TrimSpace(line)
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
	if l.Row == 0 {
		return l.File
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Row, l.Col)
}
