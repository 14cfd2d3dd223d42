package docs

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/cli"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/check/findings"
)

var update = flag.Bool("update", false, "write the made parts of docs/ again")

// docsDir holds the documents.
const docsDir = "../../../docs"

// TestMadePartsMatch compares every part of docs/ that is made from code, that
// is what stands between <!-- made: NAME --> and <!-- end -->. Each part is
// there exactly once. Run with -update to write them again.
func TestMadePartsMatch(t *testing.T) {
	parts, seen := made(t), map[string]bool{}
	err := filepath.WalkDir(docsDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".md" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := fill(string(b), func(name, old string) string {
			want, ok := parts[name]
			switch {
			case !ok:
				t.Errorf("%s has a part %q that nothing makes", path, name)
				return old
			case seen[name]:
				t.Errorf("the part %q is there twice", name)
			case old != want && !*update:
				t.Errorf("%s: the part %q is out of date. Run: go test ./internal/door/docs -update", path, name)
			}
			seen[name] = true
			return want
		})
		if *update && text != string(b) {
			return os.WriteFile(path, []byte(text), 0o644)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range parts {
		if !seen[name] {
			t.Errorf("no document has the part %q", name)
		}
	}
}

var madePart = regexp.MustCompile(`(?s)<!-- made: ([a-z-]+) -->\n(.*?)<!-- end -->`)

// fill replaces the made parts of a document.
func fill(text string, with func(name, old string) string) string {
	return madePart.ReplaceAllStringFunc(text, func(m string) string {
		g := madePart.FindStringSubmatch(m)
		return "<!-- made: " + g[1] + " -->\n" + with(g[1], g[2]) + "<!-- end -->"
	})
}

// made returns all parts that are made from code.
func made(t *testing.T) map[string]string {
	out := map[string]string{"findings": findingsPart(), "errors": errorsPart(), "config": configPart(), "gates": gatesPart(t), "input": schemaPart(t, policy.InputSchema())}
	err := fs.WalkDir(catalog.Schemas(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(catalog.Schemas(), path)
		out["keys-"+strings.TrimSuffix(path, ".json")] = schemaPart(t, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func findingsPart() string {
	var b strings.Builder
	check := ""
	for _, text := range findings.All() {
		if text.Check != check {
			check = text.Check
			fmt.Fprintf(&b, "\n## Check: %s\n", check)
		}
		f := findings.New(text.Code, findings.At{}, words(text)...)
		stops := "stops the merge"
		if !f.Blocking {
			stops = "does not stop the merge"
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s; %s.\n\n- **What:** %s\n- **Why:** %s\n- **Fix:** %s\n", text.Code, text.Title, stops, f.What, f.Why, strings.Join(f.Fix, " "))
	}
	return b.String() + "\n"
}

func errorsPart() string {
	var b strings.Builder
	b.WriteString("| code | HTTP | exit | what it means | what to do |\n|---|---|---|---|---|\n")
	for _, c := range Codes() {
		o := core.OutcomeOf(c.Code)
		fmt.Fprintf(&b, "| `%s` | %d | %d | %s | %s |\n", c.Code, o.HTTP, o.Exit, c.Means, c.Next)
	}
	return b.String()
}

func configPart() string {
	var b strings.Builder
	b.WriteString("| key in the file | flag | variable | default | meaning |\n|---|---|---|---|---|\n")
	settings(&b, reflect.TypeFor[cli.Config]())
	return b.String()
}

// settings writes a row for each setting, and for those of parts.
func settings(b *strings.Builder, t reflect.Type) {
	for f := range t.Fields() {
		key := f.Tag.Get("yaml")
		if f.Anonymous {
			settings(b, f.Type)
			continue
		}
		if key == "-" {
			continue
		}
		value := f.Tag.Get("default")
		if value != "" {
			value = "`" + value + "`"
		}
		fmt.Fprintf(b, "| `%s` | `--%s` | `%s` | %s | %s |\n", key, strings.ReplaceAll(key, "_", "-"), f.Tag.Get("env"), value, f.Tag.Get("help"))
	}
}

// gatesPart writes a section for each gate, from its schema.
func gatesPart(t *testing.T) string {
	var b strings.Builder
	for _, a := range policy.Gates() {
		var o object
		if err := json.Unmarshal(policy.InputSchemaFor(a.Gate), &o); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "### %s\n\n%s %s Its package is `data.paddock.%s`; it may define `deny`, `warn` and `approve`.\n\n| part of the input | meaning |\n|---|---|\n", a.Gate, a.Doc, a.Asked, a.Gate)
		for _, key := range slices.Sorted(maps.Keys(o.Properties)) {
			fmt.Fprintf(&b, "| `%s` | %s |\n", key, o.Properties[key].Description)
		}
		fmt.Fprintf(&b, "\n```rego\npackage paddock.%s\n\n%s\n```\n\n", a.Gate, a.Example)
	}
	return b.String()
}

// object is a JSON Schema as package schema writes it.
type object struct {
	Type, Description, Pattern string
	Enum, Required             []string
	Properties                 map[string]object
	Items                      *object
	AnyOf                      []object
	AdditionalProperties       json.RawMessage
}

// values is the schema of a table's values, if it has free keys.
func (o object) values() (object, bool) {
	var v object
	err := json.Unmarshal(o.AdditionalProperties, &v)
	return v, err == nil && len(o.AdditionalProperties) > 0
}

// long is the form with all keys of a value that has a short form.
func (o object) long() object {
	if len(o.AnyOf) > 0 {
		return o.AnyOf[len(o.AnyOf)-1]
	}
	return o
}

// kind says what a value is.
func (o object) kind() string {
	if len(o.AnyOf) > 0 {
		return o.AnyOf[0].kind() + " or keys"
	}
	if o.Items != nil {
		return "list of " + o.Items.kind()
	}
	if v, ok := o.values(); ok {
		return v.kind() + " by name"
	}
	return o.Type
}

// schemaPart writes each key of a schema with its path, type and meaning.
func schemaPart(t *testing.T, b []byte) string {
	var o object
	if err := json.Unmarshal(b, &o); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("| key | type | meaning |\n|---|---|---|\n")
	keys(&out, "", o)
	return out.String()
}

func keys(b *strings.Builder, prefix string, o object) {
	for _, name := range slices.Sorted(maps.Keys(o.Properties)) {
		p := o.Properties[name]
		kind, inner, below := p.kind(), p, name+"."
		if p.Items != nil {
			inner, below = *p.Items, name+"[]."
		}
		if v, ok := p.values(); ok {
			inner, below = v, name+".<name>."
		}
		enum := inner.Enum
		meaning := p.Description
		if len(enum) > 0 {
			meaning = strings.TrimSpace(meaning + " One of: " + strings.Join(enum, ", ") + ".")
		}
		if slices.Contains(o.Required, name) {
			kind += ", required"
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s |\n", prefix, name, kind, meaning)
		keys(b, prefix+below, inner.long())
	}
}
