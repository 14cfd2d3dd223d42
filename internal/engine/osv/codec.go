package osv

import (
	"encoding/binary"
	"errors"
)

// append writes an advisory in the form of blocks: numbers as uvarints, texts
// with their length before them.
func (a *Advisory) append(b []byte) []byte {
	b = appendText(b, a.ID)
	b = appendTexts(b, a.Aliases)
	b = appendText(b, a.Summary)
	flags := byte(a.Level) << 1
	if a.Malicious {
		flags |= 1
	}
	b = append(b, flags)
	b = appendTexts(b, a.Vectors)
	b = appendText(b, a.Modified)
	b = binary.AppendUvarint(b, uint64(len(a.Ranges)))
	for _, r := range a.Ranges {
		b = binary.AppendUvarint(b, uint64(len(r.Events)))
		for _, e := range r.Events {
			b = appendText(append(b, byte(e.Kind)), e.Version)
		}
	}
	return appendTexts(b, a.Versions)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendTexts(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendText(b, s)
	}
	return b
}

var errBlock = errors.New("a block of the database is not right")

// reader reads what append writes. After a fault it returns empty values and
// keeps err; lengths are bounded by what is left.
type reader struct {
	b   []byte
	err error
}

func (r *reader) number() int {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > uint64(len(r.b)) { // every thing that is counted has a byte at least
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return int(v)
}

func (r *reader) fail() { r.err, r.b = errBlock, nil }

func (r *reader) bytes() []byte {
	n := r.number()
	if n > len(r.b) {
		r.fail()
		return nil
	}
	s := r.b[:n]
	r.b = r.b[n:]
	return s
}

func (r *reader) text() string { return string(r.bytes()) }

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

func (r *reader) texts() []string {
	n := r.number()
	if n == 0 {
		return nil
	}
	out := make([]string, 0, min(n, 1000))
	for range n {
		out = append(out, r.text())
		if r.err != nil {
			return nil
		}
	}
	return out
}

func (r *reader) advisory() Advisory {
	a := Advisory{ID: r.text(), Aliases: r.texts(), Summary: r.text()}
	flags := r.byte()
	a.Malicious, a.Level = flags&1 == 1, min(Level(flags>>1), Critical)
	a.Vectors, a.Modified = r.texts(), r.text()
	for range r.number() {
		var rg Range
		for range r.number() {
			rg.Events = append(rg.Events, Event{Kind: EventKind(r.byte()), Version: r.text()})
			if r.err != nil {
				return Advisory{}
			}
		}
		if r.err != nil {
			return Advisory{}
		}
		a.Ranges = append(a.Ranges, rg)
	}
	a.Versions = r.texts()
	return a
}

// long reads a number that counts nothing: a place or a size.
func (r *reader) long() int64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<62 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return int64(v)
}
