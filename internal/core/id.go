package core

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"time"
)

// ID names one record: a UUIDv7 (RFC 9562) in its lower-case text form, so ids
// sort by the time they were made.
type ID string

// String returns the id as text.
func (id ID) String() string { return string(id) }

// IDs makes identifiers. The zero value reads crypto/rand.
type IDs struct {
	// Rand is the source of randomness; nil means crypto/rand.
	Rand io.Reader
}

// New returns a fresh UUIDv7 for the moment now. It panics if the source of
// randomness fails, because no act may go on without an identity.
func (g IDs) New(now time.Time) ID {
	src := g.Rand
	if src == nil {
		src = rand.Reader
	}
	var b [16]byte
	if _, err := io.ReadFull(src, b[6:]); err != nil {
		panic("core: no randomness for an id: " + err.Error())
	}
	ms := uint64(now.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// FirstID is before every id that is made at or after the moment.
func FirstID(at time.Time) ID { return IDs{Rand: zeros{}}.New(at) }

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
