package yamltree

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/life/check/tree"
)

// Bounds of one file.
const (
	maxSize  = 1_000_000
	maxDepth = 100
	maxNodes = 200_000 // with aliases written out
	maxDocs  = 200
)

// Fault is why a text is not YAML, or why it is not read.
type Fault struct {
	Line   int // from 1; 0 for the whole file
	Column int // from 1; 0 if it is not known
	Text   string
	Bound  bool // the text may be right, but it is larger than what is read
}

// Doc is one file of YAML: one tree for each document in it.
type Doc struct {
	File  tree.File
	Roots []*yaml.Node // the values, without the document nodes; empty documents are left out
}

// Root returns the first document's value, or nil.
func (d *Doc) Root() *yaml.Node {
	if len(d.Roots) == 0 {
		return nil
	}
	return d.Roots[0]
}

// Parse reads a file. The documents before a fault are returned with it.
func Parse(f tree.File) (*Doc, *Fault) {
	d := &Doc{File: f}
	if len(f.Text) > maxSize {
		return d, &Fault{Text: "it is larger than 1 MB", Bound: true}
	}
	if deep(f.Text) {
		return d, &Fault{Text: "it is nested too deeply", Bound: true}
	}
	dec := yaml.NewDecoder(bytes.NewReader(f.Text))
	left := maxNodes
	for range maxDocs {
		var n yaml.Node
		err := decode(dec, &n)
		if errors.Is(err, io.EOF) {
			return d, nil
		}
		if err != nil {
			return d, faultOf(err)
		}
		if !measure(&n, 0, &left) {
			return d, &Fault{Text: "it is nested too deeply, or grows too large", Bound: true}
		}
		if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
			d.Roots = append(d.Roots, n.Content[0])
		}
	}
	return d, &Fault{Text: "it holds more than 200 documents", Bound: true}
}

// decode turns a panic of the library into an error: the text is hostile.
func decode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("yaml: it could not be read")
		}
	}()
	return dec.Decode(n)
}

// deep reports whether a text is nested deeper than is read, by brackets or by
// indentation, before any parser sees it.
func deep(text []byte) bool {
	brackets, most := 0, 0
	for _, c := range text {
		switch c {
		case '[', '{':
			brackets++
			most = max(most, brackets)
		case ']', '}':
			brackets = max(0, brackets-1)
		case '\n':
			brackets = 0
		}
	}
	if most > 200 {
		return true
	}
	run := 0 // "- - - -" nests too
	for _, c := range text {
		switch c {
		case '-', '?', ':':
			if run++; run > 400 {
				return bytes.Contains(text, bytes.Repeat([]byte("- "), 200)) || bytes.Contains(text, bytes.Repeat([]byte("? "), 200))
			}
		case ' ':
		default:
			run = 0
		}
	}
	return false
}

// measure counts the nodes below n with aliases written out.
func measure(n *yaml.Node, depth int, left *int) bool {
	if *left--; *left < 0 || depth > maxDepth {
		return false
	}
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return measure(n.Alias, depth+1, left)
	}
	for _, c := range n.Content {
		if !measure(c, depth+1, left) {
			return false
		}
	}
	return true
}

func faultOf(err error) *Fault {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	f := &Fault{Text: text}
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(text); m != nil {
		f.Line, _ = strconv.Atoi(m[1])
		f.Text = text[len(m[0]):]
	}
	return f
}
