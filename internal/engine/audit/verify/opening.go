package verify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/paddock-dev/paddock/internal/core"
)

// maxOpening bounds an opening in bytes.
const maxOpening = 1 << 20

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
		if o.Path <= last || !isHex(o.Salt, 32) {
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

// Commits reports whether commit is the commitment to o.
func (o Opened) Commits(commit string) bool {
	salt, err := hex.DecodeString(o.Salt)
	want, err2 := hex.DecodeString(commit)
	if err != nil || err2 != nil {
		return false
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(o.Path))
	mac.Write([]byte{0})
	mac.Write([]byte(o.Value))
	return hmac.Equal(mac.Sum(nil), want)
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
