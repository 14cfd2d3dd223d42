package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// saltBytes is the size of the salt of one personal field.
const saltBytes = 16

// opened is one personal field beside its leaf: what the commitment hides.
type opened struct{ path, salt, value string }

// sealer replaces personal values of one event by commitments and remembers
// how to open them.
type sealer struct {
	rand   io.Reader
	fields []opened
	err    error
}

// append writes the commitment of value to b: HMAC-SHA256, keyed with a fresh
// salt, over path, a zero byte and value.
func (s *sealer) append(b []byte, path, value string) []byte {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(s.rand, salt); err != nil {
		s.err = err
		return b
	}
	mac := hmac.New(sha256.New, salt)
	io.WriteString(mac, path)
	mac.Write([]byte{0})
	io.WriteString(mac, value)
	s.fields = append(s.fields, opened{path, hex.EncodeToString(salt), value})
	b = append(b, `{"commit":"`...)
	b = hex.AppendEncode(b, mac.Sum(nil))
	return append(b, `"}`...)
}

// opening returns what opens the commitments, as canonical JSON: for each path
// its salt (hex) and value. It is "{}" when nothing is personal.
func (s *sealer) opening() string {
	slices.SortFunc(s.fields, func(a, b opened) int { return strings.Compare(a.path, b.path) })
	b := []byte{'{'}
	for i, f := range s.fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, f.path)
		b = append(b, ":{"...)
		b = appendField(b, "salt", f.salt)
		b = append(b, ',')
		b = appendField(b, "value", f.value)
		b = append(b, '}')
	}
	return string(append(b, '}'))
}

// personalActor reports whether the actor's name names a person.
func personalActor(a core.Actor) bool {
	return a.Name != "" && (a.Kind == core.ActorPerson || a.Kind == core.ActorUnknown || hasEmail(a.Name))
}

// personalData reports whether a further fact names a person: by its key or
// because it holds an e-mail address.
func personalData(key, value string) bool {
	return strings.HasSuffix(key, "email") || key == "login" || hasEmail(value)
}

// hasEmail reports whether s holds something like an e-mail address: text, an
// at sign, and a dotted name that ends in two letters or more.
func hasEmail(s string) bool {
	for {
		left, right, found := strings.Cut(s, "@")
		if !found {
			return false
		}
		if left != "" && !strings.ContainsAny(left[len(left)-1:], " \t\n<>@/") && dottedName(right) {
			return true
		}
		s = right
	}
}

func dottedName(s string) bool {
	if end := strings.IndexFunc(s, notHostRune); end >= 0 {
		s = s[:end]
	}
	s = strings.TrimRight(s, ".-")
	dot := strings.LastIndexByte(s, '.')
	if dot < 1 || len(s)-dot < 3 {
		return false
	}
	return !strings.ContainsAny(s[dot+1:], "0123456789-")
}

func notHostRune(r rune) bool {
	return r != '.' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r < 0x80
}
