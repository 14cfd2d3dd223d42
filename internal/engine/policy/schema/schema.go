// Package schema makes JSON Schemas from Go types, so that the shape a program
// reads and the schema it publishes cannot drift apart.
//
// Struct fields speak by tags: doc:"..." becomes the description, enum:"a,b"
// the allowed values, pattern:"..." the pattern, required:"true" makes a key
// required. An object with a field short:"true" may be written as that field's
// value alone. Objects are closed: unknown keys are not allowed, but for types
// that are Open.
package schema

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Options says how to read the types.
type Options struct {
	ID    string // $id; left out when empty
	Title string
	Doc   string
	Tag   string // the struct tag with the key names: json or yaml
	// AllRequired makes every key required, for documents that a program writes.
	AllRequired bool
}

// Of returns the JSON Schema (draft 7) of the type of v.
func Of(v any, o Options) map[string]any {
	s := o.of(reflect.TypeOf(v))
	s["$schema"] = "http://json-schema.org/draft-07/schema#"
	for key, text := range map[string]string{"$id": o.ID, "title": o.Title, "description": o.Doc} {
		if text != "" {
			s[key] = text
		}
	}
	return s
}

// JSON returns the schema as indented JSON with sorted keys.
func JSON(v any, o Options) []byte {
	b, err := json.MarshalIndent(Of(v, o), "", "  ")
	if err != nil {
		panic("schema: a map of plain values did not encode: " + err.Error())
	}
	return append(b, '\n')
}

// Open is a type whose values are objects with any keys.
type Open interface{ OpenObject() }

func (o Options) of(t reflect.Type) map[string]any {
	if t.Implements(reflect.TypeFor[Open]()) {
		return map[string]any{"type": "object", "additionalProperties": true}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return o.of(t.Elem())
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Interface:
		return map[string]any{"type": "object"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": o.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": o.of(t.Elem())}
	case reflect.Struct:
		return o.object(t)
	}
	return map[string]any{"type": "string"}
}

func (o Options) object(t reflect.Type) map[string]any {
	props, required := map[string]any{}, []string{}
	var short map[string]any
	for i := range t.NumField() {
		f := t.Field(i)
		name := Key(f, o.Tag)
		if name == "" {
			continue
		}
		p := o.of(f.Type)
		describe(p, f.Tag)
		props[name] = p
		if f.Tag.Get("short") == "true" {
			short = p
		}
		if o.AllRequired || f.Tag.Get("required") == "true" {
			required = append(required, name)
		}
	}
	s := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	if short != nil {
		return map[string]any{"anyOf": []any{short, s}}
	}
	return s
}

func describe(p map[string]any, tag reflect.StructTag) {
	if d := tag.Get("doc"); d != "" {
		p["description"] = d
	}
	at := p // an enum of a list or map is for its values
	for _, inner := range []string{"items", "additionalProperties"} {
		if values, ok := p[inner].(map[string]any); ok {
			at = values
		}
	}
	if e := tag.Get("enum"); e != "" {
		at["enum"] = strings.Split(e, ",")
	}
	if e := tag.Get("pattern"); e != "" {
		at["pattern"] = e
	}
}

// Key returns the name that a field has in the document, or "" if it has none.
func Key(f reflect.StructField, tag string) string {
	name, _, _ := strings.Cut(f.Tag.Get(tag), ",")
	if !f.IsExported() || name == "-" {
		return ""
	}
	return name
}
