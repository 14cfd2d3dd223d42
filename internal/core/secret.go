package core

import (
	"crypto/subtle"
	"log/slog"
)

// redacted is what a Secret shows of itself, everywhere.
const redacted = "[redacted]"

// Secret holds a value that must not be printed, logged or encoded. Only
// org/secret and the egress gateway open one (internal/archtest checks it).
type Secret struct{ b []byte }

// NewSecret wraps a copy of b.
func NewSecret(b []byte) Secret { return Secret{append([]byte(nil), b...)} }

// Open returns the value. The caller must not keep, log or store it.
func (s Secret) Open() []byte { return s.b }

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return len(s.b) == 0 }

// Equal compares in constant time.
func (s Secret) Equal(o Secret) bool { return subtle.ConstantTimeCompare(s.b, o.b) == 1 }

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
