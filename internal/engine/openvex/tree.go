package openvex

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/paddock-dev/paddock/internal/core"
)

// Bounds of a document.
const (
	MaxSize       = 1 << 20 // bytes
	maxDepth      = 12
	maxNodes      = 200_000
	maxStatements = 5000
	maxProducts   = 500 // of a statement, and subcomponents of a product
	maxText       = 4000
)

// node is one JSON value with its place. encoding/json alone keeps no places and
// takes keys that are there twice.
type node struct {
	at     int // byte offset
	value  any // string, json.Number, bool or nil; unused for the others
	keys   []string
	fields map[string]*node // of an object
	items  []*node          // of a list
	kind   byte             // '{', '[', '"', or '1' for the rest
}

// reader reads one document and gathers its faults.
type reader struct {
	file   string
	text   []byte
	dec    *json.Decoder
	nodes  int
	faults []placed
}

// placed is a fault with its offset, by which faults are told in order.
type placed struct {
	at  int
	err *core.Error
}

// place writes an offset as name:line:column.
func (r *reader) place(at int) string {
	before := r.text[:min(at, len(r.text))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf("%s:%d:%d", r.file, line, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])+1)
}

func (r *reader) fault(n *node, hint, format string, args ...any) {
	if len(r.faults) < 50 {
		r.faults = append(r.faults, placed{n.at, core.Errorf(core.Invalid, format, args...).Hinted("%s", hint).At(r.place(n.at))})
	}
}

// tree reads the whole text as one value.
func (r *reader) tree() (*node, error) {
	r.dec = json.NewDecoder(bytes.NewReader(r.text))
	r.dec.UseNumber()
	n, err := r.node(0)
	if err == nil {
		if _, rest := r.dec.Token(); rest != io.EOF {
			err = core.Errorf(core.Unreadable, "There is something after the document.").Hinted("Keep one document in a file.").At(r.place(int(r.dec.InputOffset())))
		}
	}
	if err == nil || core.CodeOf(err) != core.Internal {
		return n, err
	}
	return nil, core.Errorf(core.Unreadable, "This is not JSON: %w", err).Hinted("Look just before this place.").At(r.place(int(r.dec.InputOffset())))
}

// start is where the next value begins.
func (r *reader) start() int {
	at := int(r.dec.InputOffset())
	for at < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[at]) >= 0 {
		at++
	}
	return at
}

func (r *reader) node(depth int) (*node, error) {
	n := &node{at: r.start(), kind: '1'}
	if r.nodes++; depth > maxDepth || r.nodes > maxNodes {
		return nil, core.Errorf(core.TooLarge, "The document is nested too deeply, or has too many parts.").Hinted("Split it.").At(r.place(n.at))
	}
	t, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		n.kind = byte(t)
		err = r.inside(n, depth)
	case string:
		n.kind, n.value = '"', t
	default:
		n.value = t
	}
	return n, err
}

// inside reads what is between the brackets.
func (r *reader) inside(n *node, depth int) error {
	n.fields = map[string]*node{}
	for r.dec.More() {
		if n.kind == '[' {
			item, err := r.node(depth + 1)
			if err != nil {
				return err
			}
			n.items = append(n.items, item)
			continue
		}
		at := r.start()
		t, err := r.dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		field, err := r.node(depth + 1)
		if err != nil {
			return err
		}
		if n.fields[key] != nil {
			r.fault(&node{at: at}, "Keep one of them.", "The key %q is there twice.", key)
		}
		n.keys = append(n.keys, key)
		n.fields[key] = field
	}
	_, err := r.dec.Token()
	return err
}

// object checks that n is an object with only known keys.
func (r *reader) object(n *node, what string, known ...string) bool {
	if n.kind != '{' {
		r.fault(n, "Write it as { ... }.", "%s is not an object.", what)
		return false
	}
	for _, k := range n.keys {
		if !slices.Contains(known, k) {
			hint := core.DidYouMean(k, known)
			if hint == "" {
				hint = "Remove it; OpenVEX 0.2 has no such key here."
			}
			r.fault(n.fields[k], hint, "%s has the unknown key %.60q.", what, k)
		}
	}
	return true
}

// text returns the text of a key, "" if it is missing.
func (r *reader) str(n *node, key string, required bool) string {
	f := n.fields[key]
	if f == nil {
		if required {
			r.fault(n, "Add it.", "The key %q is missing.", key)
		}
		return ""
	}
	s, ok := f.value.(string)
	switch {
	case !ok:
		r.fault(f, "Write it in quotes.", "The value of %q is not text.", key)
	case len(s) > maxText || !utf8.ValidString(s):
		r.fault(f, "Make it shorter.", "The value of %q is longer than %d bytes, or no text.", key, maxText)
	case s == "" && required:
		r.fault(f, "Fill it in.", "The value of %q is empty.", key)
	default:
		return s
	}
	return ""
}

// list returns the items of a key.
func (r *reader) list(n *node, key string, most int, required bool) []*node {
	f := n.fields[key]
	switch {
	case f == nil && required:
		r.fault(n, "Add it.", "The key %q is missing.", key)
		return nil
	case f == nil:
		return nil
	case f.kind != '[':
		r.fault(f, "Write it as [ ... ].", "The value of %q is not a list.", key)
		return nil
	case len(f.items) > most:
		r.fault(f, "Split it.", "The list %q has %d entries; %d are read.", key, len(f.items), most)
		return nil
	case len(f.items) == 0 && required:
		r.fault(f, "Name at least one.", "The list %q is empty.", key)
	}
	return f.items
}
