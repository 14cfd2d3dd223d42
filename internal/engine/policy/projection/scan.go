package projection

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Scan finds the parts of a document. It fails for what is not JSON and for an
// object that has a key twice: such documents have no parts.
func (p *Plan) Scan(doc []byte) (Parts, error) {
	parts := Parts{sums: make([]Key, p.leaves+1), spans: make([][]byte, p.leaves+1)}
	err := p.scan(&p.root, doc, &parts)
	return parts, err
}

// scanner reads one document.
type scanner struct {
	plan  *Plan
	in    *jsontext.Decoder
	doc   []byte
	parts *Parts // a part that the document lacks keeps the zero key
}

func (p *Plan) scan(n *node, doc []byte, parts *Parts) error {
	in, ok := p.decoders.Get().(*jsontext.Decoder)
	if !ok {
		in = jsontext.NewDecoder(&bytes.Buffer{})
	}
	defer p.decoders.Put(in)
	in.Reset(bytes.NewBuffer(doc))
	s := scanner{p, in, doc, parts}
	if err := s.value(n); err != nil {
		return err
	}
	if _, err := in.ReadToken(); !errors.Is(err, io.EOF) {
		return errors.Join(errors.New("there is something after the end of the document"), err)
	}
	return nil
}

// value reads the value that comes next, and the parts in it.
func (s *scanner) value(n *node) error {
	switch {
	case n.ends():
		v, err := s.in.ReadValue()
		if err != nil {
			return err
		}
		end := int(s.in.InputOffset())
		v = s.doc[end-len(v) : end : end] // the decoder's own is gone at the next value
		if err := s.sum(n, v); err != nil {
			return err
		}
		if n.keys == nil {
			return nil
		}
		return s.plan.scan(&node{keys: n.keys}, v, s.parts)
	case n.keys == nil:
		return s.in.SkipValue()
	case s.in.PeekKind() != '{':
		v, err := s.in.ReadValue()
		s.scalar(n, v)
		return err
	}
	return s.object(n)
}

// sum marks the parts that end at a value.
func (s *scanner) sum(n *node, v jsontext.Value) error {
	if n.leaf != 0 {
		s.parts.sums[n.leaf], s.parts.spans[n.leaf] = sha256.Sum256(v), v
	}
	for _, h := range n.against {
		s.parts.spans[h.leaf] = v
		s.parts.sums[h.leaf] = Key{1} // something, but none of the texts
		if v.Kind() != '"' {
			continue
		}
		text, err := jsontext.AppendUnquote(nil, v)
		if err != nil {
			return err
		}
		if i, found := slices.BinarySearch(h.texts, string(text)); found {
			s.parts.sums[h.leaf] = Key{2, byte(i >> 8), byte(i)}
		}
	}
	return nil
}

func (s *scanner) object(n *node) error {
	if _, err := s.in.ReadToken(); err != nil {
		return err
	}
	for s.in.PeekKind() != '}' {
		next, err := s.key(n)
		if err != nil {
			return err
		}
		if next == nil {
			err = s.in.SkipValue()
		} else {
			err = s.value(next)
		}
		if err != nil {
			return err
		}
	}
	_, err := s.in.ReadToken()
	return err
}

// key reads a key and returns the node it leads to, nil for none.
func (s *scanner) key(n *node) (*node, error) {
	name, err := s.in.ReadValue()
	if err != nil {
		return nil, err
	}
	if bytes.IndexByte(name, '\\') < 0 {
		return n.keys[string(name[1:len(name)-1])], nil
	}
	plain, err := jsontext.AppendUnquote(nil, name)
	return n.keys[string(plain)], err
}

// scalar marks all parts below a value that has none: what a rule finds there
// depends on the value itself.
func (s *scanner) scalar(n *node, value []byte) {
	s.parts.odd = true
	sum := sha256.Sum256(append([]byte("no object: "), value...))
	var mark func(n *node)
	mark = func(n *node) {
		if n.leaf != 0 {
			s.parts.sums[n.leaf] = sum
		}
		for _, h := range n.against {
			s.parts.sums[h.leaf] = sum
		}
		for _, k := range n.keys {
			mark(k)
		}
	}
	mark(n)
}
