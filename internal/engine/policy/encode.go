package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/schema"
)

// MaxInput is the largest input, in bytes of JSON, that a gate evaluates.
const MaxInput = 4 << 20

// MarshalJSON writes every key, and an empty list where there is none, so that
// policy never meets null.
func (in Input) MarshalJSON() ([]byte, error) {
	type plain Input
	v := reflect.New(reflect.TypeFor[plain]()).Elem()
	fill(v, reflect.ValueOf(plain(in)))
	return json.Marshal(v.Interface())
}

// Canonical returns the input as the JSON that policy sees, with every key
// present and lists never null, and its SHA-256 digest ("sha256:" and 64 hex
// digits). Equal inputs give equal bytes.
func (in Input) Canonical() (doc []byte, digest string, err error) {
	doc, err = json.Marshal(in)
	if err != nil {
		return nil, "", core.Hidden("Writing the facts for a decision", err)
	}
	if len(doc) > MaxInput {
		return nil, "", core.Errorf(core.TooLarge, "The facts for this decision are %d bytes long; at most %d are allowed.", len(doc), MaxInput).
			Hinted("Look for a report with a huge number of findings, and fix the first of them.")
	}
	sum := sha256.Sum256(doc)
	return doc, "sha256:" + hex.EncodeToString(sum[:]), nil
}

// ReadInput reads an input that Canonical wrote, for a replay. Keys that this
// version does not know are an error, so a replay never drops a fact.
func ReadInput(doc []byte) (Input, error) {
	var in Input
	if len(doc) > MaxInput {
		return in, core.Errorf(core.TooLarge, "The stored input is %d bytes long; at most %d are allowed.", len(doc), MaxInput)
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return in, &core.Error{Code: core.Unreadable, Msg: "The stored input is not in the form that gates use.", Err: err,
			Hint: "It may have been written by another version of Paddock."}
	}
	return in, nil
}

// InputSchema returns the JSON Schema of the gate input.
func InputSchema() []byte { return schema.JSON(Input{}, inputOptions()) }

func inputOptions() schema.Options {
	return schema.Options{ID: "https://paddock.dev/schema/gate-input.json", Title: "Gate input", Tag: "json", AllRequired: true,
		Doc: "What a policy sees as input. Every key is always there; what a gate does not know is empty."}
}

// fill copies src to dst and puts an empty list or map where src has none.
func fill(dst, src reflect.Value) {
	switch src.Kind() {
	case reflect.Struct:
		for i := range src.NumField() {
			fill(dst.Field(i), src.Field(i))
		}
	case reflect.Slice:
		dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
		for i := range src.Len() {
			fill(dst.Index(i), src.Index(i))
		}
	case reflect.Map:
		if dst.Set(src); src.IsNil() {
			dst.Set(reflect.MakeMap(src.Type()))
		}
	default:
		dst.Set(src)
	}
}
