package strict

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// Decode fills the struct that out points to, by its yaml tags, and returns
// all faults. Further tags of a string field: enum:"a,b" lists what is allowed,
// prose:"true" keeps dashes as they are. A struct with a field short:"true" may be
// written as that field's value alone. Keys without a value count as absent.
func (d *Doc) Decode(out any) []*core.Error {
	d.value(d.root, "", reflect.ValueOf(out).Elem(), "")
	return d.faults
}

func (d *Doc) fault(n *yaml.Node, hint, format string, args ...any) {
	d.faults = append(d.faults, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(d.place(n)))
}

func (d *Doc) value(n *yaml.Node, key string, v reflect.Value, tag reflect.StructTag) {
	if key != "" {
		d.places[key] = n
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, key, v.Elem(), tag)
	case reflect.Struct:
		if i := shortOf(v.Type()); i >= 0 && n.Kind == yaml.ScalarNode {
			d.scalar(n, key, v.Field(i), v.Type().Field(i).Tag)
			return
		}
		d.object(n, key, v)
	case reflect.Map:
		d.table(n, key, v, tag)
	case reflect.Slice:
		d.list(n, key, v, tag)
	case reflect.Interface:
		if x := d.free(n, key); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	default:
		d.scalar(n, key, v, tag)
	}
}

// free reads any value: as text, bool, number, []any, map[string]any or nil. What
// only looks like a date is text.
func (d *Doc) free(n *yaml.Node, key string) any {
	d.places[key] = n
	switch {
	case n.Kind == yaml.MappingNode:
		out := map[string]any{}
		d.pairs(n, func(_ *yaml.Node, name string, val *yaml.Node) { out[name] = d.free(val, join(key, name)) })
		return out
	case n.Kind == yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, item := range n.Content {
			out[i] = d.free(item, join(key, strconv.Itoa(i)))
		}
		return out
	case n.Tag == "!!null":
		return nil
	case n.Tag == "!!bool":
		return strings.EqualFold(n.Value, "true")
	}
	if f, err := strconv.ParseFloat(n.Value, 64); err == nil && (n.Tag == "!!int" || n.Tag == "!!float") && !math.IsNaN(f) && !math.IsInf(f, 0) {
		return f
	}
	return n.Value
}

// object reads a mapping with known keys.
func (d *Doc) object(n *yaml.Node, key string, v reflect.Value) {
	if !d.kind(n, key, yaml.MappingNode, "must hold keys and values.", "Indent its keys below it.") {
		return
	}
	fields, known := fieldsOf(v.Type())
	d.pairs(n, func(k *yaml.Node, name string, val *yaml.Node) {
		i, ok := fields[name]
		if !ok {
			hint := core.DidYouMean(name, known)
			if hint == "" {
				hint = "Known keys: " + strings.Join(known, ", ") + "."
			}
			d.fault(k, hint, "The key %q is not known here.", name)
			return
		}
		d.value(val, join(key, name), v.Field(i), v.Type().Field(i).Tag)
	})
}

// table reads a mapping with free keys.
func (d *Doc) table(n *yaml.Node, key string, v reflect.Value, tag reflect.StructTag) {
	if !d.kind(n, key, yaml.MappingNode, "must hold keys and values.", "Indent its keys below it.") {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	d.pairs(n, func(_ *yaml.Node, name string, val *yaml.Node) {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(val, join(key, name), item, tag)
		v.SetMapIndex(reflect.ValueOf(name).Convert(v.Type().Key()), item)
	})
}

func (d *Doc) list(n *yaml.Node, key string, v reflect.Value, tag reflect.StructTag) {
	if !d.kind(n, key, yaml.SequenceNode, "must be a list.", "Write each entry on its own line, after a dash and a space.") {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		if item.Kind == yaml.ScalarNode && item.Tag == "!!null" {
			d.fault(item, "Fill it in or delete it.", "An entry of %q is empty.", last(key))
			continue
		}
		d.value(item, join(key, strconv.Itoa(i)), v.Index(i), tag)
	}
}

// pairs walks a mapping and refuses repeated keys.
func (d *Doc) pairs(n *yaml.Node, each func(k *yaml.Node, name string, val *yaml.Node)) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.fault(k, "Write the key as plain text.", "A key must be text.")
			continue
		}
		name := d.plain(k)
		if first, again := seen[name]; again {
			d.fault(k, "Keep one of them.", "The key %q is there twice; the first is on line %d.", name, first)
			continue
		}
		seen[name] = k.Line
		each(k, name, val)
	}
}

func (d *Doc) scalar(n *yaml.Node, key string, v reflect.Value, tag reflect.StructTag) {
	if !d.kind(n, key, yaml.ScalarNode, "must be one value, not a list or keys.", "Write it on the same line as its key.") {
		return
	}
	switch v.Kind() {
	case reflect.String:
		d.text(n, key, v, tag)
	case reflect.Bool:
		if n.Tag != "!!bool" {
			d.fault(n, "", "%q must be true or false, not %q.", last(key), n.Value)
			return
		}
		v.SetBool(strings.EqualFold(n.Value, "true"))
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, 32)
		if err != nil || n.Tag != "!!int" {
			d.fault(n, "", "%q must be a whole number, not %q.", last(key), n.Value)
			return
		}
		v.SetInt(i)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || n.Tag != "!!int" && n.Tag != "!!float" {
			d.fault(n, "", "%q must be a number, not %q.", last(key), n.Value)
			return
		}
		v.SetFloat(f)
	default:
		panic("strict: a field of kind " + v.Kind().String() + " cannot be read")
	}
}

func (d *Doc) text(n *yaml.Node, key string, v reflect.Value, tag reflect.StructTag) {
	s := n.Value
	if tag.Get("prose") == "" {
		s = d.plain(n)
	}
	if e := tag.Get("enum"); e != "" {
		if allowed := strings.Split(e, ","); !slices.Contains(allowed, s) {
			hint := core.DidYouMean(s, allowed)
			d.fault(n, strings.TrimSpace(hint+" Use one of: "+strings.Join(allowed, ", ")+"."), "%q cannot be %q.", what(key), s)
			return
		}
	}
	v.SetString(s)
}

func (d *Doc) kind(n *yaml.Node, key string, want yaml.Kind, says, hint string) bool {
	if n.Kind == want {
		return true
	}
	d.fault(n, hint, "%q %s", what(key), says)
	return false
}

// plain returns the text of n with dash look-alikes made plain, and warns.
func (d *Doc) plain(n *yaml.Node) string {
	fixed, at, found := Plain(n.Value)
	if found == 0 {
		return n.Value
	}
	column := n.Column + at
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		column++
	}
	d.warnings = append(d.warnings, core.Errorf(core.Invalid, "%q has a dash that only looks like one (U+%04X). It was read as %q.", n.Value, found, fixed).
		Hinted("Type a plain dash to be rid of this warning.").At(fmt.Sprintf("%s:%d:%d", d.path, n.Line, column)))
	return fixed
}

// Plain replaces the dash look-alikes U+2010 to U+2015 and U+2212 by "-". It
// returns the first one found and how many letters stand before it; found is 0
// when there is none.
func Plain(s string) (fixed string, at int, found rune) {
	letters := 0
	fixed = strings.Map(func(r rune) rune {
		letters++
		if r >= 0x2010 && r <= 0x2015 || r == 0x2212 {
			if found == 0 {
				at, found = letters-1, r
			}
			return '-'
		}
		return r
	}, s)
	return fixed, at, found
}

func fieldsOf(t reflect.Type) (map[string]int, []string) {
	fields, known := map[string]int{}, []string{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		if name != "" && name != "-" {
			fields[name] = i
			known = append(known, name)
		}
	}
	return fields, known
}

// shortOf returns the field that may stand for the whole struct; -1 for none.
func shortOf(t reflect.Type) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("short") == "true" {
			return i
		}
	}
	return -1
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}

func last(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// what names a value for a message: an entry of a list by the list's key.
func what(key string) string {
	if parts := strings.Split(key, "."); len(parts) > 1 {
		if _, err := strconv.Atoi(parts[len(parts)-1]); err == nil {
			return parts[len(parts)-2]
		}
	}
	return last(key)
}
