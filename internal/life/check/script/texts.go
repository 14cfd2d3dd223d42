package script

import "github.com/tdewolff/parse/v2/js"

// Texts calls fn with each string literal and each fixed part of a template,
// and with the bytes that tell its place.
func Texts(s *Script, fn func(text string, data []byte)) { js.Walk(texts{fn}, s.Root) }

type texts struct {
	fn func(text string, data []byte)
}

// Enter passes the texts of one node on.
func (t texts) Enter(n js.INode) js.IVisitor {
	switch n := n.(type) {
	case *js.LiteralExpr:
		if s, ok := Text(n); ok {
			t.fn(s, n.Data)
		}
	case *js.TemplateExpr:
		parts := TemplateTexts(n)
		for i, p := range n.List {
			t.fn(parts[i], p.Value)
		}
		t.fn(parts[len(parts)-1], n.Tail)
	case *js.ImportStmt:
		t.module(n.Module)
	case *js.ExportStmt:
		t.module(n.Module)
	}
	return t
}

// Exit does nothing.
func (texts) Exit(js.INode) {}

func (t texts) module(data []byte) {
	if len(data) >= 2 {
		t.fn(unquote(string(data[1:len(data)-1])), data)
	}
}
