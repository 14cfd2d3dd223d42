package strict_test

import (
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

type doc struct {
	Name    string            `yaml:"name"`
	Kind    string            `yaml:"kind" enum:"small,large"`
	Note    string            `yaml:"note" prose:"true"`
	Count   int               `yaml:"count"`
	Price   float64           `yaml:"price"`
	On      bool              `yaml:"on"`
	Regions []string          `yaml:"regions"`
	Rules   map[string]string `yaml:"rules" enum:"off,on"`
	Inner   *inner            `yaml:"inner"`
	Items   []inner           `yaml:"items"`
}

type inner struct {
	Owner string `yaml:"owner"`
}

func TestDecode(t *testing.T) {
	d, err := strict.Read("a.yaml", []byte("name: x\nkind: large\ncount: 7\nprice: 1.5\non: true\nregions:\n- eu\n- us\nrules: {a: 'off'}\ninner:\n  owner: me\nitems:\n- owner: you\nnote:\n"))
	if err != nil {
		t.Fatal(err)
	}
	var v doc
	if f := d.Decode(&v); len(f) > 0 {
		t.Fatal(f)
	}
	if v.Name != "x" || v.Count != 7 || v.Price != 1.5 || !v.On || len(v.Regions) != 2 || v.Rules["a"] != "off" || v.Inner.Owner != "me" || v.Items[0].Owner != "you" || v.Note != "" {
		t.Errorf("%+v", v)
	}
	if got := d.Place("items.0.owner"); got != "a.yaml:13:10" {
		t.Errorf("place of items.0.owner = %s", got)
	}
	if got := d.Place("items.0.missing"); got != "a.yaml:13:3" {
		t.Errorf("place of something missing = %s", got)
	}
	if d.Lines()["regions.1"] != 8 {
		t.Errorf("lines = %v", d.Lines())
	}
}

func TestFaultsReadAloud(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"unknown key":  {"nmae: x", `a.yaml:1:1: The key "nmae" is not known here. Did you mean "name"?`},
		"far key":      {"zzzzzz: x", `a.yaml:1:1: The key "zzzzzz" is not known here. Known keys: name, kind, note, count, price, on, regions, rules, inner, items.`},
		"twice":        {"name: x\nname: y", `a.yaml:2:1: The key "name" is there twice; the first is on line 1. Keep one of them.`},
		"not a list":   {"regions: eu", `a.yaml:1:10: "regions" must be a list. Write each entry on its own line, after a dash and a space.`},
		"not a value":  {"name: [x]", `a.yaml:1:7: "name" must be one value, not a list or keys. Write it on the same line as its key.`},
		"not keys":     {"inner: x", `a.yaml:1:8: "inner" must hold keys and values. Indent its keys below it.`},
		"not a number": {"price: cheap", `a.yaml:1:8: "price" must be a number, not "cheap".`},
		"not finite":   {"price: .inf", `a.yaml:1:8: "price" must be a number, not ".inf".`},
		"not whole":    {"count: 1.5", `a.yaml:1:8: "count" must be a whole number, not "1.5".`},
		"too big":      {"count: 99999999999", `a.yaml:1:8: "count" must be a whole number, not "99999999999".`},
		"not a switch": {"on: maybe", `a.yaml:1:5: "on" must be true or false, not "maybe".`},
		"not a choice": {"kind: lage", `a.yaml:1:7: "kind" cannot be "lage". Did you mean "large"? Use one of: small, large.`},
		"map choice":   {"rules: {a: of}", `a.yaml:1:12: "a" cannot be "of". Did you mean "off"? Use one of: off, on.`},
		"empty entry":  {"regions:\n- eu\n-", `a.yaml:3:2: An entry of "regions" is empty. Fill it in or delete it.`},
		"odd key":      {"? [a]\n: b", `a.yaml:1:3: A key must be text. Write the key as plain text.`},
		"deep unknown": {"items:\n- onwer: x", `a.yaml:2:3: The key "onwer" is not known here. Did you mean "owner"?`},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := strict.Read("a.yaml", []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			var v doc
			f := d.Decode(&v)
			if len(f) != 1 || strings.TrimSpace(f[0].Error()) != c.want {
				t.Errorf("got  %v\nwant %s", f, c.want)
			}
		})
	}
}

func TestRefusedDocuments(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"empty":      {"", "The file is empty."},
		"comment":    {"# nothing\n", "The file is empty."},
		"a list":     {"- a", "The file must hold keys and values"},
		"two":        {"name: a\n---\nname: b", "more than one document"},
		"alias":      {"name: &a x\nnote: *a", "a.yaml:1:7: Anchors (&) and aliases (*) are not read."},
		"bomb":       {"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", "Anchors (&) and aliases (*) are not read."},
		"tag":        {"name: !!binary aGk=", `The tag "!!binary" is not read.`},
		"not utf8":   {"name: \xff", "not text in UTF-8"},
		"too long":   {strings.Repeat("#", strict.MaxBytes+1), "at most 262144 are read"},
		"too deep":   {"name: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), "levels deep"},
		"too many":   {"regions: [" + strings.Repeat("a,", strict.MaxNodes) + "]", "more than 20000 entries"},
		"tab":        {"inner:\n\towner: x", "a.yaml:2:1: This line is not valid YAML. It is indented with a tab. Use spaces."},
		"no bracket": {"name: x\nregions: [a, b\nkind: large", "not valid YAML"},
		"bad indent": {"name: x\n  kind: large", "a.yaml:2:1: This line is not valid YAML."},
		"nul":        {"name: \x00", "not valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := strict.Read("a.yaml", []byte(c.in))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// Dash look-alikes are read as dashes, with a warning that names line and
// column, but not in prose.
func TestDashes(t *testing.T) {
	d, err := strict.Read("a.yaml", []byte("name: us‑east−1\nnote: 3–5 days\nregions:\n- \"a—b\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	var v doc
	if f := d.Decode(&v); len(f) > 0 {
		t.Fatal(f)
	}
	if v.Name != "us-east-1" || v.Note != "3–5 days" || v.Regions[0] != "a-b" {
		t.Errorf("%+v", v)
	}
	w := d.Warnings()
	if len(w) != 2 || w[0].Field != "a.yaml:1:9" || w[1].Field != "a.yaml:4:5" {
		t.Fatalf("warnings = %v", w)
	}
	if want := `"us‑east−1" has a dash that only looks like one (U+2011). It was read as "us-east-1".`; w[0].Msg != want {
		t.Errorf("warning = %s", w[0].Msg)
	}
	if d, err = strict.Read("a.yaml", []byte("na‑me: x")); err != nil {
		t.Fatal(err)
	}
	if f := d.Decode(&v); len(f) != 1 || !strings.Contains(f[0].Error(), `"na-me"`) || len(d.Warnings()) != 1 {
		t.Errorf("faults %v, warnings %v", f, d.Warnings())
	}
}

// Nothing that is read crashes, and every fault has a place and a full stop.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"name: x\nregions:\n- a\n", "items: [{owner: a}]", "a: &a [*a]", "? x\n: y", "price: 1e309", "\t", "- - - -", "rules: {a: on, a: off}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := strict.Read("a.yaml", b)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "a.yaml") {
				t.Errorf("%v has no place", err)
			}
			return
		}
		var v doc
		for _, e := range d.Decode(&v) {
			if !strings.HasPrefix(e.Field, "a.yaml:") || !strings.HasSuffix(e.Msg, ".") {
				t.Errorf("%v has no place or no end", e)
			}
		}
	})
}
