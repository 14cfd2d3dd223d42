package verify

import (
	"encoding/hex"
	"fmt"
)

const (
	fixRestore = "Treat this as tampering or a damaged disk: keep the file, compare with a backup, restore from it."
	shown      = 80 // bytes of a bad value that are shown
)

// checked is what one row gave: its recomputed hash and what is wrong with it.
type checked struct {
	hash    hash
	missing bool // there is no leaf to hash
	faults  []Problem
	erased  int
}

// rowChecker checks rows one by one. It is not safe for concurrent use.
type rowChecker struct{ buf []byte }

func (c *rowChecker) check(r *Row) checked {
	if !r.HasEvent {
		return checked{missing: true, faults: []Problem{{r.Index, "An event was deleted.",
			fmt.Sprintf("audit_leaf idx %d", r.Index), r.EventID, fixRestore}}}
	}
	k := checked{hash: leafHash(r.Leaf, &c.buf)}
	if !equalHex(r.Hash, k.hash) {
		k.fault(r, "The event's bytes are not the ones that were logged.", r.Leaf)
	}
	leaf, err := ParseLeaf(r.Leaf)
	if err != nil {
		k.fault(r, "The event cannot be read: "+err.Error()+".", r.Leaf)
		return k
	}
	if leaf.ID != r.EventID {
		k.fault(r, "The leaf belongs to another event.", leaf.ID+" under the id "+r.EventID)
	}
	opened, err := ParseOpening(r.Opening)
	if err != nil {
		k.fault(r, "Its opening cannot be read: "+err.Error()+".", r.Opening)
		return k
	}
	erased, fault := leaf.Match(opened)
	k.erased = erased
	if fault != "" {
		k.fault(r, "Its opening is wrong: "+fault+".", "")
	}
	if column := leaf.differs(&r.Columns, opened); column != "" {
		k.fault(r, "The searchable column "+column+" does not say what the logged event says.", "")
	}
	return k
}

func (k *checked) fault(r *Row, what, value string) {
	where := fmt.Sprintf("audit_event id %s, index %d", r.EventID, r.Index)
	k.faults = append(k.faults, Problem{r.Index, what, where, short(value), fixRestore})
}

// differs names the first column that does not repeat the leaf, "" if all do.
func (l *Leaf) differs(c *Columns, opened []Opened) string {
	switch {
	case c.At != l.At:
		return "at"
	case c.Action != l.Action:
		return "action"
	case c.ActorKind != l.ActorKind:
		return "actor_kind"
	case c.ActorID != l.ActorID:
		return "actor_id"
	case c.Door != l.ActorDoor:
		return "door"
	case c.AppID != l.App:
		return "app_id"
	case c.Gate != l.Gate:
		return "gate"
	case c.Code != l.Code:
		return "code"
	case !l.ActorName.shows(c.ActorName, opened):
		return "actor_name"
	case !l.Target.shows(c.Target, opened):
		return "target"
	}
	return ""
}

// shows reports whether column repeats the field: its clear value, its opened
// value, or nothing once it was erased.
func (f Field) shows(column string, opened []Opened) bool {
	if f.Commit == "" {
		return column == f.Clear
	}
	if column == "" {
		return true
	}
	o, ok := find(opened, f.Path)
	return ok && o.Value == column
}

// equalHex reports whether text is h in small hexadecimal letters.
func equalHex(text string, h hash) bool {
	var b [2 * len(h)]byte
	hex.Encode(b[:], h[:])
	return text == string(b[:])
}

// parseHex reads a hash from small hexadecimal letters.
func parseHex(text string) (h hash, ok bool) {
	if len(text) != 2*len(h) {
		return h, false
	}
	for i := range h {
		high, ok := unhex(text[2*i])
		low, ok2 := unhex(text[2*i+1])
		if !ok || !ok2 {
			return h, false
		}
		h[i] = high<<4 | low
	}
	return h, true
}

func short(s string) string {
	if len(s) > shown {
		return s[:shown] + "..."
	}
	return s
}
