package core

import (
	"crypto/subtle"
	"log/slog"
)

// redacted is what a Secret shows of itself, everywhere.
const redacted = "[redacted]"

// Secret holds a value that must not be printed, logged or encoded. Only
// org/secret and the egress gateway open one (internal/archtest checks it).
//
// The value stands behind a function, because fmt does not call the methods of
// a Secret in an unexported field of another struct: it would print the bytes,
// and follows pointers to them as well.
type Secret struct{ open func() []byte }

// NewSecret wraps a copy of b.
func NewSecret(b []byte) Secret {
	c := append([]byte(nil), b...)
	return Secret{func() []byte { return c }}
}

// Open returns the value. The caller must not keep, log or store it.
func (s Secret) Open() []byte {
	if s.open == nil {
		return nil
	}
	return s.open()
}

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return len(s.Open()) == 0 }

// Equal compares in constant time.
func (s Secret) Equal(o Secret) bool { return subtle.ConstantTimeCompare(s.Open(), o.Open()) == 1 }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// GoString returns "[redacted]".
func (Secret) GoString() string { return redacted }

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns "[redacted]" as a JSON string.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns "[redacted]".
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
