package lockfile

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// member is one member of a JSON object.
type member struct {
	name  string
	value jsontext.Value
	key   int // offset of the name
	at    int // offset of the value
}

var (
	errNoObject = errors.New("an object should stand there")
	errNoList   = errors.New("a list should stand there")
)

// members reads the members of a JSON object that stands at base in its file.
// Names may come twice, as old tools wrote them. null has no members.
func members(raw []byte, base int) ([]member, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	t, err := d.ReadToken()
	switch {
	case err != nil:
		return nil, err
	case t.Kind() == 'n':
		return nil, nil
	case t.Kind() != '{':
		return nil, errNoObject
	}
	var out []member
	for d.PeekKind() != '}' {
		t, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		m := member{name: t.String(), key: int(d.InputOffset())}
		m.key = base + keyStart(raw, m.key)
		if m.value, err = d.ReadValue(); err != nil {
			return nil, err
		}
		end := int(d.InputOffset())
		m.at = base + end - len(m.value)
		m.value = raw[end-len(m.value) : end]
		out = append(out, m)
	}
	_, err = d.ReadToken()
	return out, err
}

// keyStart goes back from the end of a name to its first quote.
func keyStart(raw []byte, end int) int {
	for i := end - 2; i > 0; i-- {
		if raw[i] == '"' {
			n := 0
			for j := i - 1; j >= 0 && raw[j] == '\\'; j-- {
				n++
			}
			if n%2 == 0 {
				return i
			}
		}
	}
	return 0
}

// document reads the members of a whole file, which must hold one object and
// nothing else.
func document(data []byte) ([]member, error) {
	if len(data) > maxSize {
		return nil, errorf("it is larger than %d MB.", maxSize/1_000_000)
	}
	d := jsontext.NewDecoder(bytes.NewBuffer(data), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	v, err := d.ReadValue()
	if err != nil {
		return nil, broken(data, err)
	}
	end := int(d.InputOffset())
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errorf("something follows its end.")
	}
	ms, err := members(data[end-len(v):end], end-len(v))
	if err != nil {
		return nil, errorf("it is not right: %v.", err)
	}
	return ms, nil
}

// broken says where JSON breaks off, and why.
func broken(data []byte, err error) error {
	var s *jsontext.SyntacticError
	if !errors.As(err, &s) || s.Err == nil {
		return errorf("it breaks off.")
	}
	line, column := newLines(data).place(int(s.ByteOffset))
	return errorf("it is not right at line %d, column %d: %v.", line, column, s.Err)
}

// elements reads the elements of a JSON list, each with its offset.
func elements(m member) ([]member, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(m.value), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	t, err := d.ReadToken()
	switch {
	case err != nil:
		return nil, err
	case t.Kind() == 'n':
		return nil, nil
	case t.Kind() != '[':
		return nil, errNoList
	}
	var out []member
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			return nil, err
		}
		end := int(d.InputOffset())
		out = append(out, member{value: m.value[end-len(v) : end], at: m.at + end - len(v), key: m.at + end - len(v)})
	}
	return out, nil
}
