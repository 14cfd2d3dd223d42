package policy

import (
	"bytes"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/paddock-dev/paddock/internal/core"
)

// Format lays a policy out as OPA does. A file in Rego v0 stays one. What it
// returns is laid out the same again. Errors: Invalid, with the place, for what
// is no Rego; TooLarge.
func Format(name string, text []byte) ([]byte, error) {
	out, err := layOut(name, text)
	for range 3 { // now and then a second pass finds more to do
		if err != nil || bytes.Equal(out, text) {
			break
		}
		text = out
		out, err = layOut(name, text)
	}
	return out, err
}

func layOut(name string, text []byte) ([]byte, error) {
	if _, faults := modules(map[string][]byte{name: text}); len(faults) > 0 {
		return nil, core.Join(core.Invalid, "The policy cannot be read:", faults)
	}
	_, version, err := parseAs(name, string(text))
	if err != nil {
		return nil, core.Join(core.Invalid, "The policy cannot be read:", regoFaults(err))
	}
	out, err := format.SourceWithOpts(name, text, format.Opts{RegoVersion: version, ParserOptions: &ast.ParserOptions{RegoVersion: version}})
	if err != nil {
		return nil, core.Join(core.Invalid, "The policy cannot be laid out:", regoFaults(err))
	}
	return out, nil
}
