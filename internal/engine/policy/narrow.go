package policy

import (
	"bytes"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// narrow is the input with only what the glances see of it, which is all that
// evaluation can read: a few hundred bytes where the input has thousands.
func (r *run) narrow(glances []projection.Glance, reads projection.Reading) (*ast.Term, error) {
	if !r.parts.Plain() {
		return r.whole()
	}
	root := branch{}
	for i, g := range glances {
		text := r.parts.Text(reads, i)
		switch {
		case len(g.Path) == 0:
			return r.whole()
		case text == nil:
			continue
		}
		value, err := r.value(reads[i], text)
		if err != nil {
			return nil, err
		}
		root.put(g.Path, value)
	}
	return ast.NewTerm(root.object()), nil
}

// whole is the input with everything.
func (r *run) whole() (*ast.Term, error) {
	err := r.read()
	return r.input, err
}

// value is OPA's form of one part of the input.
func (r *run) value(leaf int, text []byte) (*ast.Term, error) {
	if t := r.terms[leaf]; t != nil {
		return t, nil
	}
	t := &ast.Term{}
	if text[0] == '"' && bytes.IndexByte(text, '\\') < 0 {
		t.Value = ast.String(text[1 : len(text)-1])
	} else {
		v, err := ast.ValueFromReader(bytes.NewReader(text))
		if err != nil {
			return nil, unreadable(err)
		}
		t.Value = v
	}
	if r.terms == nil {
		r.terms = map[int]*ast.Term{}
	}
	r.terms[leaf] = t
	return t, nil
}

// branch is an object that is being put together: of branches and terms.
type branch map[string]any

// put places a value. What lies in a value that is there already is in it.
func (b branch) put(path projection.Path, value *ast.Term) {
	for _, key := range path[:len(path)-1] {
		switch next := b[key].(type) {
		case branch:
			b = next
		case nil:
			made := branch{}
			b[key] = made
			b = made
		default:
			return
		}
	}
	if b[path[len(path)-1]] == nil {
		b[path[len(path)-1]] = value
	}
}

func (b branch) object() ast.Object {
	out := ast.NewObject()
	for key, v := range b {
		t, ok := v.(*ast.Term)
		if !ok {
			t = ast.NewTerm(v.(branch).object())
		}
		out.Insert(ast.StringTerm(key), t)
	}
	return out
}
