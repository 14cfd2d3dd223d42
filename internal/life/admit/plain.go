package admit

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// redacted stands where the value of an environment variable was: it is often a
// secret, and decisions are kept.
const redacted = "[redacted]"

// Plain returns an object as policy sees it and decisions keep it: without the
// values of environment variables, and without the API server's book-keeping,
// which would hold them again. Errors: Unreadable.
func Plain(object []byte) (policy.Object, error) {
	var out bytes.Buffer
	c := copier{in: jsontext.NewDecoder(bytes.NewBuffer(object)), out: jsontext.NewEncoder(&out)}
	if err := c.value(""); err != nil {
		return "", &core.Error{Code: core.Unreadable, Msg: "The object is not JSON.", Err: err}
	}
	return policy.Object(bytes.TrimSpace(out.Bytes())), nil
}

// copier copies one value, but for what is left out.
type copier struct {
	in  *jsontext.Decoder
	out *jsontext.Encoder
}

// value copies what comes next. name is the key that it stands under, also when
// it is in a list there.
func (c *copier) value(name string) error {
	kind := c.in.PeekKind()
	if kind != '{' && kind != '[' {
		v, err := c.in.ReadValue()
		if err != nil {
			return err
		}
		return c.out.WriteValue(v)
	}
	if err := c.token(); err != nil {
		return err
	}
	for end := kind + 2; c.in.PeekKind() != end; { // } and ] come two after { and [
		if kind == '[' {
			if err := c.value(name); err != nil {
				return err
			}
			continue
		}
		if err := c.member(name); err != nil {
			return err
		}
	}
	return c.token()
}

func (c *copier) token() error {
	t, err := c.in.ReadToken()
	if err != nil {
		return err
	}
	return c.out.WriteToken(t)
}

// member copies a key with its value into the object that stands under the name in.
func (c *copier) member(in string) error {
	t, err := c.in.ReadToken()
	if err != nil {
		return err
	}
	key := t.String()
	switch {
	case in == "metadata" && key == "managedFields", in == "annotations" && key == "kubectl.kubernetes.io/last-applied-configuration":
		return c.in.SkipValue()
	case in == "env" && key == "value":
		if err := c.in.SkipValue(); err != nil {
			return err
		}
		if err := c.out.WriteToken(jsontext.String(key)); err != nil {
			return err
		}
		return c.out.WriteToken(jsontext.String(redacted))
	}
	if err := c.out.WriteToken(jsontext.String(key)); err != nil {
		return err
	}
	return c.value(key)
}
