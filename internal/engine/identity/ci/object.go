package ci

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/core"
)

// object is one JSON object, read strictly: its own text values are kept, what is
// nested is only looked through.
type object struct {
	text map[string]string         // the values that are text
	kind map[string]jsontext.Kind  // of all values
	raw  map[string]jsontext.Value // numbers, and lists of text (aud)
}

// readObject reads one object and nothing after it. Errors: Duplicate, BadJSON
// for anything too large, too deep or not JSON.
func readObject(b []byte) (object, *core.Error) {
	o := object{map[string]string{}, map[string]jsontext.Kind{}, map[string]jsontext.Value{}}
	if err := plain(b); err != nil {
		return o, err
	}
	d := jsontext.NewDecoder(bytes.NewReader(b))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return o, refuse(BadJSON, "The token holds no JSON object.")
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return o, refuse(BadJSON, "The token's JSON cannot be read.")
		}
		n := name.String()
		v, err := d.ReadValue()
		if err != nil {
			return o, refuse(BadJSON, "The token's JSON cannot be read.")
		}
		o.kind[n] = v.Kind()
		switch v.Kind() {
		case '"':
			s, err := jsontext.AppendUnquote(nil, v)
			if err != nil {
				return o, refuse(BadJSON, "The token's JSON cannot be read.")
			}
			o.text[n] = string(s)
		case '0', '[':
			o.raw[n] = v.Clone()
		}
	}
	return o, nil
}

// plain walks over all of it once: no name twice, nothing deep, nothing after it.
func plain(b []byte) *core.Error {
	d := jsontext.NewDecoder(bytes.NewReader(b))
	names := 0
	for {
		t, err := d.ReadToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			if strings.Contains(err.Error(), "duplicate object member") {
				return refuse(Duplicate, "The token says a claim twice.")
			}
			return refuse(BadJSON, "The token's JSON cannot be read.")
		}
		if t.Kind() == '"' {
			names++
		}
		if d.StackDepth() > maxDepth || names > 2*maxKeys {
			return refuse(BadJSON, "The token's claims are nested deeper, or are more, than any forge's.")
		}
		if d.StackDepth() == 0 && d.InputOffset() < int64(len(b)) {
			return refuse(BadJSON, "There is something after the token's claims.")
		}
	}
}

// printable reports whether s is text that a person can read as it is: letters,
// marks and plain spaces, nothing that turns or hides other text.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) })
}
