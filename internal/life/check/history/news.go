package history

import (
	"bytes"
	"hash/maphash"
	"path"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/secrets"
	"github.com/paddock-dev/paddock/internal/life/check/secrets/judge"
)

const (
	leadLines = 3        // before new lines, so that a value is seen with what names it
	keptBytes = 40 << 20 // of earlier versions, to compare with
	seenLines = 8 << 20  // remembered; beyond that all are forgotten, and lines may be searched again
)

// memory knows which lines have been searched. Lines of one kind of file count
// as one, so a file that moves is not searched again.
type memory struct {
	seed  maphash.Seed
	seen  sums
	kinds kinds
	kept
}

func newMemory() *memory {
	return &memory{seed: maphash.MakeSeed(), kept: kept{texts: map[string][]byte{}}, kinds: kinds{}}
}

// part returns the lines of a version that no earlier one had, each run of them
// after a few lines that lead up to it. It reports false if there are none.
func (m *memory) part(v version, text []byte) (secrets.Part, bool) {
	var old []byte
	if len(v.old) > 0 {
		old = m.texts[v.old[0]]
	}
	from, to := differs(old, text)
	lines := follow(old, text, from, to)
	kind := m.kind(v.path)
	out := part{text: text, last: -1}
	number := 1 + bytes.Count(text[:from], []byte("\n"))
	for at := from; at < to; number++ {
		end := lineEnd(text, at)
		line := text[at:end]
		switch {
		case lines.next(line):
		case m.fresh(kind, line):
			out.add(at, end, number)
		default:
			lines.find(line)
		}
		at = end
	}
	out.close()
	m.keep(v, text)
	return secrets.Part{Path: v.path, Text: out.buf, Numbers: out.numbers}, len(out.buf) > 0
}

func (m *memory) kind(name string) uint64 { return maphash.String(m.seed, m.kinds.of(name)) }

// kinds remembers what lines must share to count as one, by path.
type kinds map[string]string

func (k kinds) of(name string) string {
	kind, ok := k[name]
	if !ok {
		kind = strings.ToLower(path.Ext(name)) + "\x00"
		if judge.Test(name) {
			kind += "test"
		}
		k[name] = kind
	}
	return kind
}

func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// fresh reports whether a line is new, and remembers it. The first line of a
// key block is always new, because the lines after it are.
func (m *memory) fresh(kind uint64, line []byte) bool {
	sum := maphash.Bytes(m.seed, bytes.TrimRight(line, "\r\n")) ^ kind
	if !m.seen.add(sum) {
		return bytes.Contains(line, []byte("-----BEGIN"))
	}
	return true
}

// learn takes in a version that is not to be searched.
func (m *memory) learn(v version, text []byte) {
	kind := m.kind(v.path)
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		m.fresh(kind, text[at:end])
		at = end
	}
	m.keep(v, text)
}

// differs returns the range of whole lines between what a version begins and
// ends with as the one before it did.
func differs(old, text []byte) (from, to int) {
	if len(old) == 0 {
		return 0, len(text)
	}
	n := min(len(old), len(text))
	from = sharedStart(old[:n], text[:n])
	if from == len(text) && from == len(old) {
		return from, from
	}
	from = bytes.LastIndexByte(text[:from], '\n') + 1
	back := sharedEnd(old[len(old)-(n-from):], text[len(text)-(n-from):])
	if i := bytes.IndexByte(text[len(text)-back:], '\n'); i >= 0 {
		return from, len(text) - back + i + 1
	}
	return from, len(text)
}

const block = 1024 // compared at once

// sharedStart returns how many bytes two texts of one length begin with alike.
func sharedStart(a, b []byte) int {
	n := 0
	for n+block <= len(a) && bytes.Equal(a[n:n+block], b[n:n+block]) {
		n += block
	}
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}

// sharedEnd returns how many bytes two texts of one length end with alike.
func sharedEnd(a, b []byte) int {
	n := len(a)
	for n >= block && bytes.Equal(a[n-block:n], b[n-block:n]) {
		n -= block
	}
	for n > 0 && a[n-1] == b[n-1] {
		n--
	}
	return len(a) - n
}

// part puts new lines together.
type part struct {
	text    []byte
	buf     []byte
	numbers []int
	last    int // where the newest line ended
}

// add takes a line. If it does not follow the last one, the line after that
// one, an empty line and the lines that lead up to it go before it, without a
// number.
func (p *part) add(from, to, number int) {
	if from != p.last {
		p.close()
		start := from
		for i := 0; i < leadLines && start > max(0, p.last); i++ { // never again what is there
			start = bytes.LastIndexByte(p.text[:start-1], '\n') + 1
		}
		if len(p.buf) > 0 && from != p.last {
			p.line([]byte("\n"), 0)
		}
		for start < from {
			end := lineEnd(p.text, start)
			p.line(p.text[start:end], 0)
			start = end
		}
	}
	p.line(p.text[from:to], number)
	p.last = to
}

// close adds the line after the last one.
func (p *part) close() {
	if p.last >= 0 && p.last < len(p.text) {
		end := lineEnd(p.text, p.last)
		p.line(p.text[p.last:end], 0)
		p.last = end
	}
}

func (p *part) line(b []byte, number int) {
	p.buf, p.numbers = append(p.buf, b...), append(p.numbers, number)
}
