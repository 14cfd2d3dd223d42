package verify

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxOpening bounds an opening in bytes.
const maxOpening = 1 << 20

// saltLen is the size of a salt in bytes.
const saltLen = 16

// Opened is one personal value beside its leaf.
type Opened struct{ Path, Salt, Value string }

// ParseOpening reads the opening of an event. The empty text and "{}" open
// nothing: the event has nothing personal, or it was erased.
func ParseOpening(text string) ([]Opened, error) {
	if text == "" || text == "{}" {
		return nil, nil
	}
	p := &scanner{s: text}
	var all []Opened
	last := ""
	p.lit("{")
	for !p.bad && len(text) <= maxOpening {
		o := Opened{Path: p.str()}
		p.lit(`:{"salt":`)
		o.Salt = p.str()
		p.lit(`,"value":`)
		o.Value = p.str()
		p.lit("}")
		if o.Path <= last || !isHex(o.Salt, 2*saltLen) {
			p.bad = true
		}
		last = o.Path
		all = append(all, o)
		if p.has("}") {
			break
		}
		p.lit(",")
	}
	if p.bad || p.pos != len(text) {
		return nil, core.Errorf(core.Unreadable, "opening is not canonical, at byte %d", p.pos)
	}
	return all, nil
}

// Commits reports whether commit is the commitment to o: HMAC-SHA256, keyed
// with the salt, over path, a zero byte and value (RFC 2104).
func (o Opened) Commits(commit string) bool {
	var salt [saltLen]byte
	if n, err := hex.Decode(salt[:], []byte(o.Salt)); err != nil || n != saltLen {
		return false
	}
	b := make([]byte, sha256.BlockSize, 256)
	copy(b, salt[:])
	for i := range b {
		b[i] ^= 0x36
	}
	b = append(b, o.Path...)
	b = append(b, 0)
	inner := sha256.Sum256(append(b, o.Value...))
	var outer [sha256.BlockSize + sha256.Size]byte
	copy(outer[:], salt[:])
	for i := range sha256.BlockSize {
		outer[i] ^= 0x5c
	}
	copy(outer[sha256.BlockSize:], inner[:])
	mac := sha256.Sum256(outer[:])
	return equalHex(commit, &mac)
}

// Personal returns the commitments of the leaf, in no particular order.
func (l *Leaf) Personal() []Field {
	var fields []Field
	if l.ActorName.Commit != "" {
		fields = append(fields, l.ActorName)
	}
	if l.Target.Commit != "" {
		fields = append(fields, l.Target)
	}
	for _, f := range l.Data {
		if f.Commit != "" {
			fields = append(fields, f)
		}
	}
	return fields
}

// Match holds the opened values against the leaf. It returns how many
// commitments have no opening (they were erased) and, in words, the first
// fault: "" if every opened value is the committed one.
func (l *Leaf) Match(all []Opened) (erased int, fault string) {
	personal := l.Personal()
	used := 0
	for _, f := range personal {
		o, ok := find(all, f.Path)
		if !ok {
			erased++
			continue
		}
		used++
		if !o.Commits(f.Commit) {
			return erased, "the opened value of " + f.Path + " is not the one that was logged"
		}
	}
	if used != len(all) {
		return erased, "the opening holds a value that the leaf does not commit to"
	}
	return erased, ""
}

func find(all []Opened, path string) (Opened, bool) {
	for _, o := range all {
		if o.Path == path {
			return o, true
		}
	}
	return Opened{}, false
}
