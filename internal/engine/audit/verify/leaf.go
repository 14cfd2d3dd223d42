package verify

import (
	"github.com/paddock-dev/paddock/internal/core"
)

// maxLeaf is the largest leaf in bytes.
const maxLeaf = 65535

// Field is a value of a leaf: in clear, or as a commitment to something personal.
type Field struct {
	Path   string // e.g. actor.name
	Clear  string
	Commit string // 64 hexadecimal digits; empty when the value is in clear
}

// Leaf is one audit event as it stands in the tree.
type Leaf struct {
	ID, Action, App, Code, Gate   string
	ActorDoor, ActorID, ActorKind string
	At                            int64 // microseconds since 1970, UTC
	ActorName, Target             Field
	Data                          []Field // sorted by path, which is data.<key>
}

// ParseLeaf reads a leaf of version 1. It accepts the one canonical spelling
// only, so a leaf that it reads has exactly one form in bytes. Errors are
// Unreadable and name the byte at fault.
func ParseLeaf(text string) (Leaf, error) {
	var l Leaf
	err := parseLeaf(text, &l)
	return l, err
}

// parseLeaf reads a leaf into l, whose memory it uses again.
func parseLeaf(text string, l *Leaf) error {
	if len(text) > maxLeaf {
		return core.Errorf(core.TooLarge, "leaf has %d bytes; at most %d fit", len(text), maxLeaf)
	}
	p := scanner{s: text}
	l.parse(&p)
	if p.bad || p.pos != len(text) {
		return core.Errorf(core.Unreadable, "leaf is not a canonical version 1 event, at byte %d", p.pos)
	}
	return nil
}

func (l *Leaf) parse(p *scanner) {
	p.lit(`{"action":`)
	l.Action = p.str()
	p.lit(`,"actor":{"door":`)
	l.ActorDoor = p.str()
	p.lit(`,"id":`)
	l.ActorID = p.str()
	p.lit(`,"kind":`)
	l.ActorKind = p.str()
	p.lit(`,"name":`)
	l.ActorName = p.field("actor.name")
	p.lit(`},"app":`)
	l.App = p.str()
	p.lit(`,"at":`)
	l.At = p.num()
	p.lit(`,"code":`)
	l.Code = p.str()
	p.lit(`,"data":{`)
	l.Data = p.data(l.Data[:0])
	p.lit(`,"gate":`)
	l.Gate = p.str()
	p.lit(`,"id":`)
	l.ID = p.str()
	p.lit(`,"target":`)
	l.Target = p.field("target")
	p.lit(`,"v":1}`)
}

// field consumes a string or a commitment.
func (p *scanner) field(path string) Field {
	if !p.has(`{"commit":`) {
		return Field{Path: path, Clear: p.str()}
	}
	f := Field{Path: path, Commit: p.str()}
	if !isHex(f.Commit, 64) {
		p.bad = true
	}
	p.lit("}")
	return f
}

// data consumes the further facts up to the closing brace. Keys must ascend.
func (p *scanner) data(fields []Field) []Field {
	last := ""
	for !p.bad && !p.has("}") {
		if len(fields) > 0 {
			p.lit(",")
		}
		key := p.str()
		p.lit(":")
		if key <= last {
			p.bad = true
		}
		last = key
		fields = append(fields, p.field("data."+key))
	}
	return fields
}

func isHex(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if _, ok := unhex(s[i]); !ok {
			return false
		}
	}
	return true
}
