package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/pelletier/go-toml/v2"
	yaml "go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
	"github.com/paddock-dev/paddock/internal/life/check/tree"
	"github.com/paddock-dev/paddock/internal/life/check/yamltree"
)

// jsonNames are files that some tool reads as plain JSON, without comments.
var jsonNames = words("package.json composer.json manifest.json manifest.webmanifest vercel.json bower.json lerna.json firebase.json package.nls.json")

func (s *styler) json(f tree.File) {
	if len(bytes.TrimSpace(f.Text)) == 0 || json.Valid(f.Text) || bytes.Contains(f.Text, []byte("{{")) {
		return
	}
	var any json.RawMessage
	err := json.Unmarshal(f.Text, &any)
	var bad *json.SyntaxError
	offset := 0
	if errors.As(err, &bad) {
		offset = int(bad.Offset) - 1
	}
	line, column := f.Place(offset)
	s.sayAt("file_not_readable", f, line, column, findings.At{Details: err.Error()}, "path", f.Path, "kind", "JSON")
}

func (s *styler) toml(f tree.File) {
	if len(f.Text) > 1_000_000 {
		return
	}
	var into map[string]any
	err := toml.Unmarshal(f.Text, &into)
	var bad *toml.DecodeError
	if err == nil || !errors.As(err, &bad) {
		return
	}
	line, column := bad.Position()
	s.sayAt("file_not_readable", f, line, column, findings.At{Details: bad.Error()}, "path", f.Path, "kind", "TOML")
}

// css reports what esbuild warns of: rules that no browser understands.
func (s *styler) css(f tree.File) {
	if len(f.Text) > 500_000 || bytes.Contains(f.Text, []byte("{{")) || bytes.Contains(f.Text, []byte("{%")) {
		return
	}
	r := api.Transform(string(f.Text), api.TransformOptions{Loader: api.LoaderCSS, LogLevel: api.LogLevelSilent, LogLimit: maxPerFile, Charset: api.CharsetUTF8})
	for _, m := range append(r.Errors, r.Warnings...) {
		if m.Location == nil || strings.Contains(m.Text, "@charset") {
			continue
		}
		line := f.Line(m.Location.Line)
		column := 1 + len([]rune(string(line[:min(m.Location.Column, len(line))])))
		at := findings.At{Details: m.Text}
		if near := m.Location.Suggestion; near != "" && m.Location.Length > 0 {
			if old := string(line[min(m.Location.Column, len(line)):min(m.Location.Column+m.Location.Length, len(line))]); old != "" && strings.HasPrefix(m.Text, `"`+old) {
				at.Edits = []core.Edit{{Kind: core.EditReplace, Path: f.Path, Line: m.Location.Line, Column: column, End: column + len([]rune(old)), Old: old, New: near}}
			}
		}
		s.sayAt("css_wrong", f, m.Location.Line, column, at, "path", f.Path)
	}
}

// yaml reports what YAML readers refuse or misread.
func (s *styler) yaml(f tree.File) {
	if bytes.Contains(f.Text, []byte("{{")) || bytes.Contains(f.Text, []byte("{%")) {
		return // a template: it is no YAML yet
	}
	s.dashes(f)
	d, fault := yamltree.Parse(f)
	switch {
	case fault != nil && fault.Bound:
		return // a size that nobody writes by hand
	case fault != nil:
		line, column := max(1, fault.Line), 1
		code := "file_not_readable"
		if at, tab := tabbed(f, line); tab {
			code, line, column = "yaml_tab", at, 1
		}
		s.sayAt(code, f, line, column, findings.At{Details: fault.Text}, "path", f.Path, "kind", "YAML")
	}
	for _, r := range d.Roots {
		s.twice(f, r, 0)
	}
}

// tabbed finds the line near a fault that is set in with a tab.
func tabbed(f tree.File, line int) (int, bool) {
	for n := max(1, line-1); n <= line+1; n++ {
		raw := f.Line(n)
		if rest := bytes.TrimLeft(raw, " "); len(rest) > 0 && rest[0] == '\t' {
			return n, true
		}
	}
	return 0, false
}

// twice reports a key that a mapping has two times.
func (s *styler) twice(f tree.File, n *yaml.Node, depth int) {
	if n == nil || n.Kind == yaml.AliasNode || depth > 60 {
		return
	}
	if n.Kind == yaml.MappingNode {
		seen := map[string]int{} // name -> line
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind == yaml.ScalarNode && k.Value != "<<" {
				if first := seen[k.Value]; first > 0 {
					s.sayAt("yaml_key_twice", f, k.Line, k.Column, findings.At{Edits: sameTwice(f, first, k.Line)}, "name", k.Value)
				}
				seen[k.Value] = k.Line
			}
		}
	}
	for _, c := range n.Content {
		s.twice(f, c, depth+1)
	}
}

const (
	lookAlikes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
	noProse    = "\u2010\u2011\u2212" // those of them that nobody types on purpose
)

var (
	yamlKey = regexp.MustCompile(`^\s*(?:-\s+)?["']?([\pL\pN_.` + lookAlikes + `-]+)["']?\s*:(?:\s|$)`)
	// yamlName is a value that is one word: a name to a program, not a text.
	yamlName = regexp.MustCompile(`^\s*(?:-\s+|[\pL\pN_.` + lookAlikes + `-]+\s*:\s+|-\s+[\pL\pN_.-]+\s*:\s+)["']?([\pL\pN_./@` + lookAlikes + `-]+)["']?\s*$`)
)

// dashes reports look-alike dashes in keys and names.
func (s *styler) dashes(f tree.File) {
	if !strings.ContainsAny(string(f.Text), lookAlikes) {
		return
	}
	for i, line := range strings.Split(string(f.Text), "\n") {
		if !strings.ContainsAny(line, lookAlikes) {
			continue
		}
		if m := yamlKey.FindStringSubmatchIndex(line); m != nil {
			s.dashesIn(f, i+1, line, m[2], m[3], lookAlikes)
		}
		if m := yamlName.FindStringSubmatchIndex(line); m != nil {
			s.dashesIn(f, i+1, line, m[2], m[3], noProse)
		}
	}
}

// dashesIn reports each of some dashes within a word, from one byte of a line
// to another.
func (s *styler) dashesIn(f tree.File, n int, line string, from, to int, which string) {
	runes := []rune(line)
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(lookAlikes, r) {
			return '-'
		}
		return r
	}, line[from:to])
	for c := len([]rune(line[:from])); c < len([]rune(line[:to])); c++ {
		if !strings.ContainsRune(which, runes[c]) || c == 0 || !unicode.IsLetter(runes[c-1]) && !unicode.IsDigit(runes[c-1]) {
			continue
		}
		edit := core.Edit{Kind: core.EditReplace, Path: f.Path, Line: n, Column: c + 1, End: c + 2, Old: string(runes[c]), New: "-"}
		s.sayAt("yaml_dash", f, n, c+1, findings.At{Edits: []core.Edit{edit}}, "name", name)
	}
}
