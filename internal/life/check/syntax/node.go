package syntax

import (
	"iter"
	"unsafe"
)

// node is one node of a tree, in the order of the text. The layout is that of
// struct flat in parse_cgo.go.
type node struct {
	kind       uint16
	field      uint16
	flags      uint32 // see below
	start, end uint32 // bytes of the text
	parent     uint32
	next       uint32 // the first node that is not inside this one
}

const (
	flagNamed   = 1 << iota // has a name in the grammar, is no mere sign
	flagError               // is text that the grammar does not allow
	flagMissing             // was put in by the parser, to go on
	flagExtra               // may stand anywhere: a comment
)

// Node is a place in a tree. The zero Node is no node: it has no kind, no text
// and no children, so that looking further from it is safe.
type Node struct {
	t *Tree
	i uint32
}

// Ok reports whether there is a node.
func (n Node) Ok() bool { return n.t != nil }

// Tree returns the tree it is part of, nil for no node.
func (n Node) Tree() *Tree { return n.t }

// Kind returns its name in the grammar, such as "call_expression"; for a sign
// or a keyword, the text itself.
func (n Node) Kind() string {
	if n.t == nil {
		return ""
	}
	return n.t.names.kind(n.t.nodes[n.i].kind)
}

// Is reports whether its kind is one of these.
func (n Node) Is(kinds ...string) bool {
	k := n.Kind()
	for _, want := range kinds {
		if k == want && k != "" {
			return true
		}
	}
	return false
}

// FieldName returns the part it plays in its parent, such as "arguments", or "".
func (n Node) FieldName() string {
	if n.t == nil {
		return ""
	}
	return n.t.names.field(n.t.nodes[n.i].field)
}

func (n Node) flag(f uint32) bool { return n.t != nil && n.t.nodes[n.i].flags&f != 0 }

// Named reports whether it has a name in the grammar.
func (n Node) Named() bool { return n.flag(flagNamed) }

// Faulty reports whether it is text that the grammar does not allow.
func (n Node) Faulty() bool { return n.flag(flagError | flagMissing) }

// Extra reports whether it may stand anywhere, as a comment may.
func (n Node) Extra() bool { return n.flag(flagExtra) }

// Start returns the offset of its first byte in the tree's text.
func (n Node) Start() int {
	if n.t == nil {
		return 0
	}
	return int(n.t.nodes[n.i].start)
}

// End returns the offset after its last byte.
func (n Node) End() int {
	if n.t == nil {
		return 0
	}
	return int(n.t.nodes[n.i].end)
}

// Bytes returns its text, which is part of the file's. Do not change it.
func (n Node) Bytes() []byte {
	if n.t == nil {
		return nil
	}
	return n.t.Text[n.Start():n.End()]
}

// Text returns its text without a copy. It is good as long as the file's text
// does not change.
func (n Node) Text() string {
	b := n.Bytes()
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Place returns its line and column, both from 1; the column counts characters.
func (n Node) Place() (line, column int) {
	if n.t == nil {
		return 0, 0
	}
	return n.t.Place(n.Start())
}

// Parent returns the node around it; of the root, no node.
func (n Node) Parent() Node {
	if n.t == nil || n.i == 0 {
		return Node{}
	}
	return Node{n.t, n.t.nodes[n.i].parent}
}

// Next returns its next sibling, named or not.
func (n Node) Next() Node {
	if n.t == nil || n.i == 0 {
		return Node{}
	}
	next := n.t.nodes[n.i].next
	if next >= n.t.nodes[n.t.nodes[n.i].parent].next {
		return Node{}
	}
	return Node{n.t, next}
}

// All returns its children in order, signs and keywords too.
func (n Node) All() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.t == nil {
			return
		}
		end := n.t.nodes[n.i].next
		for i := n.i + 1; i < end; i = n.t.nodes[i].next {
			if !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// Children returns its named children in order, without comments.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for c := range n.All() {
			if c.Named() && !c.Extra() && !yield(c) {
				return
			}
		}
	}
}

// Child returns the named child of an index from 0, comments not counted.
func (n Node) Child(i int) Node {
	for c := range n.Children() {
		if i == 0 {
			return c
		}
		i--
	}
	return Node{}
}

// Field returns the first child that plays a part, such as "arguments".
func (n Node) Field(name string) Node {
	if n.t == nil {
		return Node{}
	}
	id, ok := n.t.names.fieldID(name)
	if !ok {
		return Node{}
	}
	for c := range n.All() {
		if n.t.nodes[c.i].field == id {
			return c
		}
	}
	return Node{}
}

// Within returns the node and all nodes inside it, in the order of the text.
func (n Node) Within() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.t == nil {
			return
		}
		for i, end := n.i, n.t.nodes[n.i].next; i < end; i++ {
			if !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// Holds reports whether other is this node or inside it.
func (n Node) Holds(other Node) bool {
	return n.t != nil && n.t == other.t && other.i >= n.i && other.i < n.t.nodes[n.i].next
}

// Around returns the nearest node around it that has one of these kinds.
func (n Node) Around(kinds ...string) Node {
	for p := n.Parent(); p.Ok(); p = p.Parent() {
		if p.Is(kinds...) {
			return p
		}
	}
	return Node{}
}
