package syntax

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"sync"
	"unicode/utf8"
)

// Why a text has no tree. Each makes a check incomplete.
var (
	ErrNone  = errors.New("this build has no parsers for code; it was made without cgo")
	ErrLarge = errors.New("it is too large to read safely; split it into smaller files")
	ErrDeep  = errors.New("it is nested too deeply to read safely")
	ErrTime  = errors.New("reading it took too long")
)

// Bounds of one text.
const (
	MaxSize  = 2_000_000 // bytes
	maxNodes = 3_000_000
	maxDepth = 1_500
	maxTime  = 5_000_000 // microseconds
)

// Tree is the syntax tree of one text. It does not change.
type Tree struct {
	Lang    Lang
	Text    []byte // of the whole file
	Partial bool   // parts of the text are not in the tree, as the grammar does not allow them
	nodes   []node
	names   *names
}

// Root returns the node of the whole text.
func (t *Tree) Root() Node { return Node{t, 0} }

// Len returns the number of nodes.
func (t *Tree) Len() int { return len(t.nodes) }

// Place turns an offset into a line and a column, both from 1; the column
// counts characters.
func (t *Tree) Place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(t.Text))
	start := bytes.LastIndexByte(t.Text[:offset], '\n') + 1
	return 1 + bytes.Count(t.Text[:offset], []byte("\n")), 1 + utf8.RuneCount(t.Text[start:offset])
}

// Fault returns the first place that the grammar does not allow, or no node.
func (t *Tree) Fault() Node {
	if t.Partial {
		for n := range t.Root().Within() {
			if n.Faulty() {
				return n
			}
		}
	}
	return Node{}
}

// names are the names of a grammar.
type names struct {
	kinds, fields []string
	ids           map[string]uint16 // of fields
}

func (n *names) kind(id uint16) string {
	if int(id) < len(n.kinds) {
		return n.kinds[id]
	}
	return "ERROR"
}

func (n *names) field(id uint16) string {
	if int(id) < len(n.fields) {
		return n.fields[id]
	}
	return ""
}

func (n *names) fieldID(name string) (uint16, bool) {
	id, ok := n.ids[name]
	return id, ok
}

// Parsers reads texts. The zero value is ready; use one for many texts, from
// many goroutines if you like. What a grammar needs is loaded when it is first used.
type Parsers struct {
	mu    sync.Mutex
	names [langs]*names
}

// Parse reads a text. It fails with ErrNone, ErrLarge, ErrDeep, ErrTime or the
// error of ctx; a text with faults gives a tree that says so (Partial).
func (p *Parsers) Parse(ctx context.Context, lang Lang, text []byte) (*Tree, error) {
	return p.Part(ctx, lang, text, 0, len(text))
}

// Part reads a part of a text, such as a script in a page. Offsets and places
// in the tree are those of the whole text.
func (p *Parsers) Part(ctx context.Context, lang Lang, text []byte, from, to int) (*Tree, error) {
	if to-from > MaxSize {
		return nil, ErrLarge
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &Tree{Lang: lang, Text: text}
	if err := p.parse(ctx, t, from, to); err != nil {
		return nil, err
	}
	return t, nil
}

// Scripts yields the parts of a page that are scripts, from and to, with the
// script's tag. Data blocks and templates are left out.
func Scripts(page *Tree) iter.Seq2[Node, Node] {
	return func(yield func(tag, code Node) bool) {
		for n := range page.Root().Within() {
			if !n.Is("script_element") || !isScript(n.Child(0)) {
				continue
			}
			for c := range n.Children() {
				if c.Is("raw_text") && !yield(n.Child(0), c) {
					return
				}
			}
		}
	}
}

func isScript(tag Node) bool {
	kind := bytes.ToLower(Attribute(tag, "type"))
	return len(kind) == 0 || string(kind) == "module" || bytes.Contains(kind, []byte("javascript")) || bytes.Contains(kind, []byte("ecmascript"))
}

// Attribute returns the value of a tag's attribute in a page, by its name in
// lower case, or nothing.
func Attribute(tag Node, name string) []byte {
	for a := range tag.Children() {
		if a.Is("attribute") && string(bytes.ToLower(a.Child(0).Bytes())) == name {
			return bytes.TrimSpace(bytes.Trim(a.Child(1).Bytes(), `"'`))
		}
	}
	return nil
}
