package evidence

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds one record in bytes.
const maxLine = 8 << 20

// maxGroup bounds how many records of one kind one app may have: they are in
// memory together.
const maxGroup = 500_000

// lines reads a file of records, one a line, with bounded memory.
type lines struct {
	name string
	r    *bufio.Reader
	n    int // of the line read last, from 1
	buf  []byte
}

// next returns the next line without its end; io.EOF after the last one.
func (l *lines) next() ([]byte, error) {
	l.buf = l.buf[:0]
	for {
		part, err := l.r.ReadSlice('\n')
		l.buf = append(l.buf, part...)
		switch {
		case len(l.buf) > maxLine:
			return nil, fmt.Errorf("line %d is longer than %d bytes", l.n+1, maxLine)
		case err == nil:
			l.n++
			return l.buf[:len(l.buf)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case err == io.EOF && len(l.buf) > 0:
			return nil, fmt.Errorf("line %d does not end", l.n+1)
		default:
			return nil, err
		}
	}
}

func (l *lines) where() string { return fmt.Sprintf("%s:%d", l.name, l.n) }

// cursor reads records that are grouped by app: apps by id, and what is about
// no app last.
type cursor[T any] struct {
	v      *check
	kind   string
	lines  *lines
	app    func(*T) string
	ahead  *T // the next record
	where  string
	ended  bool
	last   string // group of the record read last
	first  bool
	asked  int
	total  int
	marked func(*T) bool // whether the record is there for support
}

// open starts to read a kind of records.
func open[T any](v *check, kind string, app func(*T) string, support func(*T) bool) *cursor[T] {
	c := &cursor[T]{v: v, kind: kind, app: app, marked: support, first: true}
	r, err := v.a.Open(fileOf(kind))
	if err != nil {
		v.failed(fileOf(kind), err)
		c.ended = true
		return c
	}
	c.lines = &lines{name: fileOf(kind), r: bufio.NewReaderSize(r, 64<<10)}
	c.advance()
	return c
}

// before reports whether group a comes before group b.
func before(a, b string) bool {
	if a == "" || b == "" {
		return a != "" && b == ""
	}
	return a < b
}

// advance reads one record ahead. A record that cannot be read is told and
// passed over.
func (c *cursor[T]) advance() {
	c.ahead = nil
	for !c.ended {
		data, err := c.lines.next()
		if err != nil {
			c.ended = true
			if err != io.EOF {
				c.v.failed(c.lines.name, err)
			}
			return
		}
		c.total++
		rec := new(T)
		if err := strict(data, rec); err != nil {
			c.v.res.add(c.lines.where(), "The record cannot be read: %v.", err)
			continue
		}
		group := c.app(rec)
		if !c.first && before(group, c.last) {
			c.v.res.add(c.lines.where(), "The record is not at its place: records are ordered by app.")
			c.ended = true
			return
		}
		if !c.marked(rec) {
			c.asked++
		}
		c.first, c.last, c.ahead, c.where = false, group, rec, c.lines.where()
		return
	}
}

// in reports whether the next record belongs to an app.
func (c *cursor[T]) in(app string) bool { return c.ahead != nil && c.app(c.ahead) == app }

// take returns the next record and where it stands.
func (c *cursor[T]) take() (*T, string) {
	rec, where := c.ahead, c.where
	c.advance()
	return rec, where
}

// each calls fn for every record of an app.
func (c *cursor[T]) each(app string, fn func(*T, string)) {
	for n := 0; c.in(app); n++ {
		if n > maxGroup {
			c.v.res.add(c.where, "One app has more than %d records here: this cannot be checked.", maxGroup)
			c.ended, c.ahead = true, nil
			return
		}
		fn(c.take())
	}
}

// rest calls fn for all records that are left, of any app.
func (c *cursor[T]) rest(fn func(*T, string)) {
	for c.ahead != nil {
		fn(c.take())
	}
	c.count()
}

// count holds how many records there were against the manifest.
func (c *cursor[T]) count() {
	if want := c.v.manifest.Counts[c.kind]; want.Records != c.total || want.Asked != c.asked {
		c.v.res.add(manifestFile, "The manifest counts %d %s (%d with support), the pack has %d (%d).", want.Asked, c.kind, want.Records, c.asked, c.total)
	}
}
