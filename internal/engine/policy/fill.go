package policy

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// SampleMoment is the time of an input that names none.
const SampleMoment = "2026-01-01T00:00:00Z"

// Fill makes a whole input for a gate from one that holds only the keys that
// matter: JSON in, JSON as Canonical writes it out. What is left out is empty, as
// it is where a gate does not know it; gate is the gate, and now is SampleMoment.
// Errors, with the key as place: Invalid for a gate, a key or a type that there is
// not, and for a part that the gate never fills; Unreadable for what is no JSON
// object; TooLarge.
func Fill(gate core.Gate, some []byte) ([]byte, error) {
	a, ok := about(gate)
	if !ok {
		return nil, noGate(gate)
	}
	if err := bounded(some); err != nil {
		return nil, err
	}
	var doc any
	if err := json.Unmarshal(some, &doc); err != nil {
		return nil, &core.Error{Code: core.Unreadable, Msg: "The input is not JSON.", Hint: "Give a JSON object, such as {\"app\": {\"region\": \"eu-1\"}}.", Err: err}
	}
	keys, ok := doc.(map[string]any)
	if !ok {
		return nil, core.Errorf(core.Unreadable, "The input is not an object.").Hinted("Give a JSON object, such as {\"app\": {\"region\": \"eu-1\"}}.")
	}
	if faults := strangeKeys(doc, reflect.TypeFor[Input](), ""); len(faults) > 0 {
		return nil, core.Join(core.Invalid, "The input has faults:", faults)
	}
	in, err := typed(some)
	if err != nil {
		return nil, err
	}
	if in.Gate != "" && in.Gate != gate {
		return nil, core.Errorf(core.Invalid, "The input is of the gate %q, but %q is asked.", in.Gate, gate).Hinted("Leave out gate, or ask that gate.").At("gate")
	}
	if err := unfilled(a, keys, in); err != nil {
		return nil, err
	}
	if in.Gate = gate; in.Now == "" {
		in.Now = SampleMoment
	}
	out, _, err := in.Canonical()
	return out, err
}

func noGate(gate core.Gate) *core.Error {
	return core.Errorf(core.Invalid, "There is no gate %q.", gate).Hinted("%s", orText(core.DidYouMean(string(gate), names(core.Gates)), "There is: "+strings.Join(names(core.Gates), ", ")+".")).At("gate")
}

// typed reads an input whose keys are known.
func typed(some []byte) (Input, error) {
	var in Input
	err := json.Unmarshal(some, &in)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return in, core.Errorf(core.Invalid, "The input's %s is a %s; it should be %s.", wrong.Field, wrong.Value, kindOf(wrong.Type)).Hinted("The keys are in docs/reference/gates.md.").At(wrong.Field)
	}
	if err != nil {
		return in, &core.Error{Code: core.Unreadable, Msg: "The input cannot be read.", Err: err}
	}
	return in, nil
}

func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a number"
}

// strangeKeys finds the keys of doc that the type has no field for.
func strangeKeys(doc any, t reflect.Type, path string) (out []*core.Error) {
	switch doc := doc.(type) {
	case []any:
		for _, v := range doc {
			if t.Kind() == reflect.Slice {
				out = append(out, strangeKeys(v, t.Elem(), path)...)
			}
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil // a wrong type, which reading finds
		}
		fields := map[string]reflect.Type{}
		for f := range t.Fields() {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				fields[name] = f.Type
			}
		}
		for _, key := range slices.Sorted(maps.Keys(doc)) {
			at := strings.TrimPrefix(path+"."+key, ".")
			if ft, ok := fields[key]; ok {
				out = append(out, strangeKeys(doc[key], ft, at)...)
				continue
			}
			known := slices.Sorted(maps.Keys(fields))
			out = append(out, core.Errorf(core.Invalid, "There is no %q in a gate's input.", at).
				Hinted("%s", orText(core.DidYouMean(key, known), "There is: "+strings.Join(known, ", ")+".")).At(at))
		}
	}
	return out
}

// unfilled refuses facts that the gate never gets.
func unfilled(a About, keys map[string]any, in Input) error {
	v := reflect.ValueOf(in)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if _, given := keys[name]; !given || name == "gate" || name == "now" || slices.Contains(a.Parts, name) || empty(v.Field(i)) {
			continue
		}
		return core.Errorf(core.Invalid, "The gate %s never gets %q, so no answer may depend on it.", a.Gate, name).
			Hinted("It gets: gate, now, %s.", strings.Join(a.Parts, ", ")).At(name)
	}
	return nil
}

// empty reports whether a part says nothing.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map:
		return v.Len() == 0
	case reflect.Struct:
		for i := range v.NumField() {
			if !empty(v.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero() || v.Kind() == reflect.String && v.String() == "none" // a privacy_state
}

// MaxDepth is how deep objects and lists of an input may lie within another.
const MaxDepth = 64

// bounded refuses an input that is too long or too deep. Errors: TooLarge.
func bounded(doc []byte) error {
	if len(doc) > MaxInput {
		return core.Errorf(core.TooLarge, "The input is %d bytes long; at most %d are allowed.", len(doc), MaxInput)
	}
	depth := 0
	for i := 0; i < len(doc); i++ {
		switch doc[i] {
		case '"':
			for i++; i < len(doc) && doc[i] != '"'; i++ {
				if doc[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if depth++; depth > MaxDepth {
				return core.Errorf(core.TooLarge, "The input is more than %d levels deep.", MaxDepth).Hinted("No gate's input is deeper than 10 levels. Look for what was put into itself.")
			}
		case '}', ']':
			depth--
		}
	}
	return nil
}
