package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy/schema"
)

// MaxInput is the largest input, in bytes of JSON, that a gate evaluates.
const MaxInput = 4 << 20

// MarshalJSON writes every key, and an empty list where there is none, so that
// policy never meets null.
func (in Input) MarshalJSON() ([]byte, error) {
	type plain Input
	return jsonv2.Marshal((*plain)(&in), written())
}

// written is how inputs are written.
func written() jsonv2.Options {
	return jsonv2.JoinOptions(jsonv2.Deterministic(true), jsontext.EscapeForHTML(true), jsontext.EscapeForJS(true), jsontext.AllowInvalidUTF8(true))
}

// Canonical returns the input as the JSON that policy sees, with every key
// present and lists never null, and its SHA-256 digest ("sha256:" and 64 hex
// digits). Equal inputs give equal bytes.
func (in Input) Canonical() (doc []byte, digest string, err error) {
	doc, err = in.MarshalJSON()
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
