package rulebook

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/check/syntax"
)

// Book is a set of rules.
type Book struct {
	Rules   []Rule
	Sources []Source
	Digest  string // sha256:..., of the files
	Files   []File // as they were read, of an organisation's own
}

//go:embed rules/*.yaml
var builtin embed.FS

// Builtin returns the rules that come with Paddock, read once. It panics if
// they cannot be read, which a test rules out.
func Builtin() *Book { return builtinOnce() }

var builtinOnce = sync.OnceValue(func() *Book {
	b, err := Load(builtin, "rules")
	if err != nil {
		panic(err)
	}
	return b
})

// Bounds of rule files.
const (
	maxFiles = 200
	maxFile  = 1_000_000
	maxRules = 1_000
)

type file struct {
	Rules   []Rule   `yaml:"rules"`
	Sources []Source `yaml:"sources"`
}

// Load reads all *.yaml files of a folder, in order. It refuses files that are
// not well formed, or too large, with a *core.Error that says where.
func Load(fsys fs.FS, dir string) (*Book, error) {
	names, err := fs.Glob(fsys, path.Join(dir, "*.yaml"))
	if err != nil || len(names) > maxFiles {
		return nil, core.Errorf(core.Invalid, "The folder %q cannot be read, or holds more than %d rule files.", dir, maxFiles)
	}
	b := &Book{}
	h := sha256.New()
	for _, name := range names {
		text, err := read(fsys, name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(h, "%s %d\n", path.Base(name), len(text))
		h.Write(text)
		if err := b.add(name, text); err != nil {
			return nil, err
		}
	}
	b.Digest = "sha256:" + hex.EncodeToString(h.Sum(nil))
	return b, nil
}

func read(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, core.Errorf(core.Unreadable, "The rule file %q cannot be opened: %w", name, err)
	}
	defer func() { _ = f.Close() }() // opened for reading only
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(text) > maxFile {
		return nil, core.Errorf(core.Unreadable, "The rule file %q cannot be read, or is larger than %d bytes.", name, maxFile)
	}
	return text, nil
}

func (b *Book) add(name string, text []byte) error {
	var f file
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return core.Errorf(core.Invalid, "The rule file %q cannot be read: %s", name, strings.TrimPrefix(err.Error(), "yaml: ")).At(name).Hinted("Compare it with a rule of `paddock rules docs`.")
	}
	b.Sources = append(b.Sources, f.Sources...)
	for i, r := range f.Rules {
		if len(b.Rules) == maxRules {
			return core.Errorf(core.Invalid, "There are more than %d rules.", maxRules).At(name)
		}
		if slices.ContainsFunc(b.Rules, func(o Rule) bool { return o.Code == r.Code }) {
			return core.Errorf(core.Invalid, "The rule %q is there twice.", r.Code).At(name).Hinted("Give each rule a code of its own.")
		}
		if why := r.fault(); why != "" {
			return core.Errorf(core.Invalid, "Rule %d, %q: %s", i+1, r.Code, why).At(name).Hinted("Compare it with a rule of `paddock rules docs`.")
		}
		b.Rules = append(b.Rules, r)
	}
	return nil
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)+$`)

func (r Rule) fault() string {
	switch {
	case !codeForm.MatchString(r.Code):
		return "a code is small letters and digits with low lines between, such as code_eval."
	case r.Severity != "error" && r.Severity != "warning":
		return fmt.Sprintf("the severity is %q; it must be error or warning.", r.Severity)
	case r.Title == "" || r.What == "" || r.Why == "" || len(r.Fix) == 0:
		return "title, what, why and fix must all be there."
	case len(r.Match) == 0:
		return "there is nothing in match."
	}
	for i := range r.Match {
		if why := r.Match[i].fault(0); why != "" {
			return fmt.Sprintf("match %d: %s", i+1, why)
		}
	}
	return ""
}

var places = []string{"js", "python", "go", "sh", "sql", "docker", "html", "text"}

func (m *Match) fault(depth int) string {
	kinds := 0
	for _, set := range []bool{len(m.Call) > 0, len(m.Assign) > 0, len(m.Pair) > 0, m.Text.Set(), len(m.Tag) > 0, m.Query != "", m.Statement.Set(), m.Instruction.Set(), m.Line.Set(), m.Route} {
		if set {
			kinds++
		}
	}
	switch {
	case depth > 3:
		return "it is nested too deeply."
	case kinds != 1:
		return "exactly one of call, assign, pair, text, tag, query, statement, instruction, line and route must be there."
	case len(m.In) == 0:
		return "in must name a language: " + strings.Join(places, ", ") + "."
	case m.Severity != "" && m.Severity != "error" && m.Severity != "warning":
		return fmt.Sprintf("the severity is %q; it must be error or warning.", m.Severity)
	case slices.Contains(m.In, "text") && !m.Path.Set():
		return "a rule for any text must name the path of files."
	}
	for _, in := range m.In {
		if !slices.Contains(places, in) {
			return fmt.Sprintf("%q is no language: %s.", in, strings.Join(places, ", "))
		}
	}
	if m.Query != "" {
		if _, err := syntax.Compile(m.Query); err != nil {
			return err.Error() + "."
		}
	}
	for i := range m.Args {
		if why := m.Args[i].fault(0); why != "" {
			return why
		}
	}
	for _, c := range m.Where {
		if why := c.fault(0); why != "" {
			return why
		}
	}
	for i := range m.Also {
		if why := m.Also[i].fault(depth + 1); why != "" {
			return why
		}
	}
	return m.Value.fault(0)
}

var states = []string{"tainted", "leads", "built", "dynamic", "constant", "text", "true", "false", "absent", "present", "function", "object", "empty"}

func (c *Cond) fault(depth int) string {
	if c == nil {
		return ""
	}
	if depth > 6 {
		return "a condition is nested too deeply."
	}
	for _, s := range c.Is {
		if !slices.Contains(states, s) {
			return fmt.Sprintf("%q is nothing a value can be: %s.", s, strings.Join(states, ", "))
		}
	}
	for i := range c.Or {
		if why := c.Or[i].fault(depth + 1); why != "" {
			return why
		}
	}
	return c.Not.fault(depth + 1)
}
