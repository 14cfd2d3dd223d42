package sent

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// json reads {"files": {PATH: TEXT, PATH: {"base64": DATA}}}, one value after the
// other, so that a name which is there twice is seen.
func (t *taker) json(body []byte) error {
	if !utf8.Valid(body) {
		return notJSON(nil).Hinted(`It must be UTF-8. Send other files as {"base64": "..."}.`)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	key, err := open(dec)
	if err != nil || key != "files" {
		return notJSON(err)
	}
	if err := begin(dec); err != nil {
		return notJSON(err)
	}
	for dec.More() {
		if err := t.member(dec); err != nil {
			return err
		}
	}
	for range 2 {
		if end, err := dec.Token(); err != nil || end != json.Delim('}') {
			return notJSON(err)
		}
	}
	if _, err := dec.Token(); err != io.EOF {
		return notJSON(err)
	}
	return nil
}

// member reads one name and its file.
func (t *taker) member(dec *json.Decoder) error {
	name, err := text(dec)
	if err != nil {
		return notJSON(err)
	}
	tok, err := dec.Token()
	if err != nil {
		return notJSON(err)
	}
	switch v := tok.(type) {
	case string:
		return t.add(name, 0o444, []byte(v))
	case json.Delim:
		if v == '{' {
			return t.encoded(dec, name)
		}
	}
	return notJSON(nil)
}

// encoded reads the rest of {"base64": DATA}.
func (t *taker) encoded(dec *json.Decoder, name string) error {
	key, err := text(dec)
	if err != nil || key != "base64" {
		return notJSON(err)
	}
	value, err := text(dec)
	if err != nil {
		return notJSON(err)
	}
	if end, err := dec.Token(); err != nil || end != json.Delim('}') {
		return notJSON(err)
	}
	data, err := base64.StdEncoding.Strict().DecodeString(value)
	if err != nil {
		return core.Errorf(core.Unreadable, "The file %.120q is not base64.", name).Hinted("Use the usual alphabet, with padding. Text needs no base64.")
	}
	return t.add(name, 0o444, data)
}

// open reads the beginning of an object, up to its first key.
func open(dec *json.Decoder) (string, error) {
	if err := begin(dec); err != nil {
		return "", err
	}
	return text(dec)
}

func begin(dec *json.Decoder) error {
	tok, err := dec.Token()
	if err == nil && tok != json.Delim('{') {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func text(dec *json.Decoder) (string, error) {
	tok, err := dec.Token()
	s, ok := tok.(string)
	if err == nil && !ok {
		err = io.ErrUnexpectedEOF
	}
	return s, err
}

func notJSON(err error) *core.Error {
	return &core.Error{Code: core.Unreadable, Msg: "What was sent is not JSON in the form that is taken.", Hint: `Send {"files": {"microapp.yaml": "name: ...", "logo.png": {"base64": "..."}}}, and nothing else in it.`, Err: err}
}
