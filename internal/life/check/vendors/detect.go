package vendors

import (
	"bytes"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/life/check/lex"
	"github.com/paddock-dev/paddock/internal/life/check/names"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// call is a host that a file reaches for, or a package of a firm.
type call struct {
	host        string // empty for a package
	pack        string // the name of a package, as in the file
	firm        int    // -1 if nobody knows whose host it is
	file        tree.File
	offset, end int
}

// detect returns the calls of one file, in order.
func (b *book) detect(f tree.File, hits []names.Hit) []call {
	if lex.RoleOf(f.Path) != lex.App || len(hits) == 0 && !pageLike(f.Ext()) {
		return nil
	}
	r := newReader(f)
	out := r.loads()
	for i := range out {
		out[i].firm = b.firmOf(out[i].host)
	}
	for _, h := range hits {
		for _, s := range b.signs[b.texts[h.Name]] {
			if c, ok := b.judge(r, s, int(h.From), int(h.To)); ok {
				out = append(out, c)
			}
		}
	}
	for i := range out {
		out[i].file = f
	}
	slices.SortStableFunc(out, func(x, y call) int { return x.offset - y.offset })
	return out
}

func (b *book) firmOf(host string) int {
	if n, ok := b.of(host); ok {
		return n
	}
	return -1
}

// judge turns one name in a file into a call, if it is one.
func (b *book) judge(r *reader, s sign, from, to int) (call, bool) {
	switch s.kind {
	case "url":
		host, end, ok := r.address(to)
		if !ok {
			return call{}, false
		}
		firm := b.firmOf(host)
		return call{host: host, firm: firm, offset: from, end: end}, r.called(from, firm >= 0, false)
	case "host":
		return b.bare(r, s, from, to)
	}
	if !r.imports(s.kind, from, to) {
		return call{}, false
	}
	return call{pack: r.packageAt(s.kind, from, to), firm: s.firm, offset: from, end: to}, true
}

// bare judges a host without a scheme: it must be all that a text or a value
// begins with.
func (b *book) bare(r *reader, s sign, from, to int) (call, bool) {
	text := r.file.Text
	start, end := from, to
	for start > 0 && hostByte(text[start-1]) && from-start < 200 {
		start--
	}
	for end < len(text) && hostByte(text[end]) && end-to < 200 {
		end++
	}
	host := strings.ToLower(strings.Trim(string(text[start:end]), "."))
	if n, ok := b.of(host); !ok || n != s.firm || bytes.HasSuffix(text[:start], []byte("/")) || bytes.HasSuffix(text[:start], []byte("@")) || own(host) {
		return call{}, false
	}
	if end < len(text) && bytes.IndexByte([]byte("\"'` \t\r\n:/,;]}"), text[end]) < 0 || bytes.HasPrefix(text[end:], []byte("://")) {
		return call{}, false
	}
	return call{host: host, firm: s.firm, offset: start, end: end}, r.called(start, true, true)
}

// packageAt returns the name of a package as it stands in the file.
func (r *reader) packageAt(kind string, from, to int) string {
	text := r.file.Text
	if kind == "scope" {
		for to < len(text) && bytes.IndexByte([]byte("\"'` \n\r:"), text[to]) < 0 && to-from < 100 {
			to++
		}
	}
	name := string(text[from:to])
	if kind == "scope" || kind == "npm" && from > 0 && text[from-1] == '@' {
		name = "@" + name
	}
	if kind == "go" && bytes.HasSuffix(text[:from], []byte("github.com/")) {
		name = "github.com/" + name
	}
	return name
}
