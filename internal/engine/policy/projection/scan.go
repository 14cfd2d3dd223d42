package projection

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Scan finds the parts of a document. It fails for what is not JSON and for an
// object that has a key twice: such documents have no parts.
func (p *Plan) Scan(doc []byte) (Parts, error) {
	sums := make([]Key, p.leaves+1)
	return Parts{sums}, p.scan(&p.root, doc, sums)
}

// scanner reads one document.
type scanner struct {
	plan *Plan
	in   *jsontext.Decoder
	sums []Key // by leaf; a part that the document lacks keeps the zero key
}

func (p *Plan) scan(n *node, doc []byte, sums []Key) error {
	in, ok := p.decoders.Get().(*jsontext.Decoder)
	if !ok {
		in = jsontext.NewDecoder(&bytes.Buffer{})
	}
	defer p.decoders.Put(in)
	in.Reset(bytes.NewBuffer(doc))
	s := scanner{p, in, sums}
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
	case n.leaf != 0:
		v, err := s.in.ReadValue()
		if err != nil {
			return err
		}
		s.sums[n.leaf] = sha256.Sum256(v)
		if n.keys == nil {
			return nil
		}
		return s.plan.scan(&node{keys: n.keys}, v, s.sums)
	case n.keys == nil:
		return s.in.SkipValue()
	case s.in.PeekKind() != '{':
		v, err := s.in.ReadValue()
		s.scalar(n, v)
		return err
	}
	return s.object(n)
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
	sum := sha256.Sum256(append([]byte("no object: "), value...))
	var mark func(n *node)
	mark = func(n *node) {
		if n.leaf != 0 {
			s.sums[n.leaf] = sum
		}
		for _, k := range n.keys {
			mark(k)
		}
	}
	mark(n)
}
