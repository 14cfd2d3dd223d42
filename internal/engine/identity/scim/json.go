package scim

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"
)

// Object is a JSON object. Its names are in lower case, for SCIM does not heed
// the case of names. Values are string, bool, nil, json.Number, Object and []any.
type Object map[string]any

// Decode reads one JSON object, and nothing after it. A name that is there twice,
// in whatever case, is refused: who wins would be a guess.
func Decode(body []byte) (Object, error) {
	if !utf8.Valid(body) {
		return nil, bad(InvalidSyntax, "The body is not UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	v, err := decode(d, 0)
	if err != nil {
		return nil, err
	}
	o, ok := v.(Object)
	if !ok {
		return nil, bad(InvalidSyntax, "The body must be a JSON object.")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, bad(InvalidSyntax, "There is something after the JSON object.")
	}
	return o, nil
}

func decode(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, bad(InvalidSyntax, "The body is not JSON.")
	}
	open, ok := t.(json.Delim)
	if !ok {
		return t, nil
	}
	if depth == maxDepth {
		return nil, bad(InvalidSyntax, "The body is nested more than %d deep.", maxDepth)
	}
	if open == '[' {
		return decodeList(d, depth)
	}
	return decodeObject(d, depth)
}

func decodeList(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		v, err := decode(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, closed(d)
}

func decodeObject(d *json.Decoder, depth int) (any, error) {
	o := Object{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, bad(InvalidSyntax, "The body is not JSON.")
		}
		name, _ := t.(string)
		name = strings.ToLower(name)
		if _, twice := o[name]; twice {
			return nil, bad(InvalidSyntax, "The name %q is there twice.", clip(name))
		}
		if o[name], err = decode(d, depth+1); err != nil {
			return nil, err
		}
	}
	return o, closed(d)
}

func closed(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return bad(InvalidSyntax, "The body is not JSON.")
	}
	return nil
}

// speaks refuses an object whose schemas do not name one that is needed.
func speaks(o Object, schema string) error {
	list, _ := o["schemas"].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok && strings.EqualFold(s, schema) {
			return nil
		}
	}
	return bad(InvalidSyntax, "schemas must name %s.", schema)
}
