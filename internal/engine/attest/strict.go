package attest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// The bounds on a bundle and on a statement. A real bundle of a CI system has
// about 12 kB and 8 levels.
const (
	MaxBundle = 4 << 20 // bytes; a signed SBOM is the largest
	maxDepth  = 64
	maxValues = 400_000
)

var (
	errTwice  = errors.New("a key is there twice")
	errDepth  = errors.New("it is nested too deeply")
	errMany   = errors.New("it has too many values")
	errAfter  = errors.New("there is text after it")
	errObject = errors.New("it is not an object")
)

// wellFormed demands one JSON object without repeated keys, within the bounds.
// Decoders disagree about which of two equal keys counts: one that verifies and
// one that uses could read different things.
func wellFormed(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	w := walker{dec: dec}
	if t, err := dec.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return errObject
	}
	if err := w.object(1); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errAfter
	}
	return nil
}

type walker struct {
	dec    *json.Decoder
	values int
}

// object reads the rest of an object whose brace was read.
func (w *walker) object(depth int) error {
	seen := map[string]bool{}
	for w.dec.More() {
		t, err := w.dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if seen[key] {
			return errTwice
		}
		seen[key] = true
		if err := w.value(depth); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (w *walker) list(depth int) error {
	for w.dec.More() {
		if err := w.value(depth); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (w *walker) value(depth int) error {
	if w.values++; w.values > maxValues {
		return errMany
	}
	t, err := w.dec.Token()
	if err != nil {
		return err
	}
	if d, ok := t.(json.Delim); ok {
		if depth == maxDepth {
			return errDepth
		}
		if d == '{' {
			return w.object(depth + 1)
		}
		return w.list(depth + 1)
	}
	return nil
}
