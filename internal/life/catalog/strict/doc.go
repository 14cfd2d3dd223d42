// Package strict reads YAML (and JSON, which is YAML) that people write, and
// forgives nothing in silence: unknown and repeated keys are errors with
// path:line:column and a "did you mean", all faults are reported at once, and
// size, depth and tricks (anchors, aliases, tags, several documents) are
// bounded or refused. Dashes that only look like "-" are read as "-" with a
// warning, because people paste from web pages.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
)

// The bounds of one document.
const (
	MaxBytes = 256 << 10
	MaxDepth = 24
	MaxNodes = 20000
)

// Doc is one document with the place of everything in it.
type Doc struct {
	path     string
	root     *yaml.Node
	places   map[string]*yaml.Node // by dotted path, e.g. vendors.0.name
	warnings []*core.Error
	faults   []*core.Error
}

// Read parses the bytes of the file called path. The error is a *core.Error of
// code Unreadable, TooLarge or Invalid.
func Read(path string, b []byte) (*Doc, error) {
	d := &Doc{path: path, places: map[string]*yaml.Node{}}
	if len(b) > MaxBytes {
		return nil, core.Errorf(core.TooLarge, "The file is %d bytes long; at most %d are read.", len(b), MaxBytes).
			Hinted("Make it shorter.").At(path)
	}
	if !utf8.Valid(b) {
		return nil, core.Errorf(core.Unreadable, "The file is not text in UTF-8.").Hinted("Save it again as UTF-8.").At(path)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var top yaml.Node
	if err := dec.Decode(&top); errors.Is(err, io.EOF) || err == nil && len(top.Content) == 0 {
		return nil, core.Errorf(core.Invalid, "The file is empty.").Hinted("Fill it in, or copy one from a template.").At(path)
	} else if err != nil {
		return nil, d.syntax(err, b)
	}
	var more yaml.Node
	if err := dec.Decode(&more); err == nil {
		return nil, core.Errorf(core.Invalid, "The file holds more than one document.").Hinted(`Remove the line "---" and all that follows.`).
			At(d.place(&more))
	} else if !errors.Is(err, io.EOF) {
		return nil, d.syntax(err, b)
	}
	d.root = top.Content[0]
	count := 0
	if err := d.bound(d.root, 1, &count); err != nil {
		return nil, err
	}
	if d.root.Kind != yaml.MappingNode {
		return nil, core.Errorf(core.Invalid, "The file must hold keys and values, such as name: my-app.").At(d.place(d.root))
	}
	return d, nil
}

// bound refuses what makes a small file large or hides what it says.
func (d *Doc) bound(n *yaml.Node, depth int, count *int) error {
	*count++
	switch {
	case depth > MaxDepth:
		return core.Errorf(core.TooLarge, "The file is nested more than %d levels deep here.", MaxDepth).Hinted("Make it flatter.").At(d.place(n))
	case *count > MaxNodes:
		return core.Errorf(core.TooLarge, "The file has more than %d entries.", MaxNodes).Hinted("Make it shorter.").At(d.place(n))
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return core.Errorf(core.Invalid, "Anchors (&) and aliases (*) are not read.").Hinted("Write the value out. Put text that starts with & or * in quotes.").At(d.place(n))
	case n.Style&yaml.TaggedStyle != 0:
		return core.Errorf(core.Invalid, "The tag %q is not read.", n.Tag).Hinted("Remove it. Put text that starts with ! in quotes.").At(d.place(n))
	}
	for _, c := range n.Content {
		if err := d.bound(c, depth+1, count); err != nil {
			return err
		}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:(?:unmarshal errors|while [a-z ]+):?\s*)?line (\d+): (.*)$`)

// syntax says where the text stops being YAML.
func (d *Doc) syntax(err error, b []byte) error {
	out := &core.Error{Code: core.Unreadable, Msg: "The file is not valid YAML.", Hint: "Check the line above it too: a missing quote, colon or bracket.", Field: d.path, Err: err}
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return out
	}
	var line int
	fmt.Sscan(m[1], &line)
	out.Field = fmt.Sprintf("%s:%d:1", d.path, line)
	out.Msg = "This line is not valid YAML."
	lines := strings.Split(string(b), "\n")
	for _, i := range []int{line - 1, line} {
		if i >= 0 && i < len(lines) && strings.HasPrefix(strings.TrimLeft(lines[i], " "), "\t") {
			out.Hint = "It is indented with a tab. Use spaces."
			out.Field = fmt.Sprintf("%s:%d:1", d.path, i+1)
		}
	}
	return out
}

func (d *Doc) place(n *yaml.Node) string { return fmt.Sprintf("%s:%d:%d", d.path, n.Line, n.Column) }

// Place returns path:line:column of a key such as "vendors.0.name", or of the
// nearest thing around it that is there.
func (d *Doc) Place(key string) string {
	for {
		if n, ok := d.places[key]; ok {
			return d.place(n)
		}
		i := strings.LastIndexByte(key, '.')
		if i < 0 {
			return d.path + ":1:1"
		}
		key = key[:i]
	}
}

// Lines returns the line (from 1) of every value, by its dotted path.
func (d *Doc) Lines() map[string]int {
	out := make(map[string]int, len(d.places))
	for key, n := range d.places {
		out[key] = n.Line
	}
	return out
}

// Has reports whether the document holds a value at the dotted path.
func (d *Doc) Has(key string) bool { _, ok := d.places[key]; return ok }

// Warnings returns what was read although it was not quite right.
func (d *Doc) Warnings() []*core.Error { return d.warnings }

// Faults returns what Decode found wrong.
func (d *Doc) Faults() []*core.Error { return d.faults }
