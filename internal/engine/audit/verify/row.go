package verify

import (
	"encoding/hex"
	"fmt"
)

// What to do about a problem.
const (
	fixRestore = "Treat this as tampering or a damaged disk: keep the file, compare with a backup, restore from it."
	fixKnown   = "Give the file as the server served it. If it is, the key is another one: compare it with your copy of the key."
	fixFork    = "Treat this as tampering by somebody who has the log's key: keep both, find out who can read keys/, and compare with what witnesses saw."
	fixWaits   = "If the server runs, look in its log for why the sequencer fails. Else start it, and look whether the event gets its leaf."
)

const shown = 80 // bytes of a bad value that are shown

// checked is what one row gave: its recomputed hash and what is wrong with it.
type checked struct {
	hash    hash
	same    bool // the stored hash is the recomputed one
	missing bool // there is no event to hash
	faults  []Problem
	erased  int
}

// rowChecker checks rows one by one. It is not safe for concurrent use.
type rowChecker struct {
	buf  []byte
	leaf Leaf
}

// check checks a leaf with its event.
func (c *rowChecker) check(r *Row) (k checked) {
	if !r.HasEvent {
		k.missing = true
		k.faults = []Problem{{r.Index, "An event was deleted.", fmt.Sprintf("audit_leaf idx %d", r.Index), r.EventID, fixRestore}}
		return k
	}
	k.hash = leafHash(r.Leaf, &c.buf)
	if k.same = equalHex(r.Hash, &k.hash); !k.same {
		k.fault(r, "The event's bytes are not the ones that were logged.", r.Leaf)
	}
	c.content(r, &k)
	return k
}

// pending checks an event that has no leaf yet: whether it agrees with itself.
func (c *rowChecker) pending(r *Row) []Problem {
	var k checked
	c.content(r, &k)
	return k.faults
}

// content checks that an event can be read, that its opening opens it, and that
// its searchable columns repeat it.
func (c *rowChecker) content(r *Row, k *checked) {
	if err := parseLeaf(r.Leaf, &c.leaf); err != nil {
		k.fault(r, "The event cannot be read: "+err.Error()+".", r.Leaf)
		return
	}
	if c.leaf.ID != r.EventID {
		k.fault(r, "The leaf belongs to another event.", c.leaf.ID+" under the id "+r.EventID)
	}
	opened, err := ParseOpening(r.Opening)
	if err != nil {
		k.fault(r, "Its opening cannot be read: "+err.Error()+".", r.Opening)
		return
	}
	erased, fault := c.leaf.Match(opened)
	k.erased = erased
	if fault != "" {
		k.fault(r, "Its opening is wrong: "+fault+".", "")
	}
	if column := c.leaf.differs(&r.Columns, opened); column != "" {
		k.fault(r, "The searchable column "+column+" does not say what the logged event says.", "")
	}
	if key := c.leaf.hides(&r.Keys); key != "" && r.Index >= 0 {
		k.faults = append(k.faults, Problem{r.Index, "Searches do not find the event by its " + key + ".", fmt.Sprintf("audit_leaf idx %d", r.Index), "", fixRestore})
	}
}

func (k *checked) fault(r *Row, what, value string) {
	where := fmt.Sprintf("audit_event id %s, index %d", r.EventID, r.Index)
	if r.Index < 0 {
		where = fmt.Sprintf("audit_event id %s, which waits for its leaf", r.EventID)
	}
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

// hides names the first key that does not repeat the leaf, "" if all do.
func (l *Leaf) hides(k *Keys) string {
	switch {
	case k.AppID != l.App:
		return "app_id"
	case k.Action != l.Action:
		return "action"
	case k.ActorID != l.ActorID:
		return "actor_id"
	case k.Gate != l.Gate:
		return "gate"
	case k.Code != l.Code:
		return "code"
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
func equalHex(text string, h *hash) bool {
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
