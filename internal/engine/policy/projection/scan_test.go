package projection_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// paths reads a.b as a part, and a.b=x,y as a part that is only held against texts.
func paths(list ...string) []projection.Glance {
	out := make([]projection.Glance, len(list))
	for i, p := range list {
		p, texts, against := strings.Cut(p, "=")
		out[i].Path = projection.Path{}
		if p != "" {
			out[i].Path = strings.Split(p, ".")
		}
		if against {
			out[i].Against = strings.Split(texts, ",")
			slices.Sort(out[i].Against)
		}
	}
	return out
}

// key is the key of doc for the paths, in a plan that others have paths in too.
func key(t *testing.T, doc string, list ...string) projection.Key {
	t.Helper()
	var p projection.Plan
	p.Add(paths("a", "z.y.x", "a.b.c"))
	r := p.Add(paths(list...))
	parts, err := p.Scan([]byte(doc))
	if err != nil {
		t.Fatalf("Scan(%s): %v", doc, err)
	}
	return parts.Key(1, r)
}

func TestKeys(t *testing.T) {
	for name, c := range map[string]struct {
		one, other string
		reads      []string
		same       bool
	}{
		"another part differs":     {`{"a":{"b":1,"c":2}}`, `{"a":{"b":1,"c":3}}`, []string{"a.b"}, true},
		"the part differs":         {`{"a":{"b":1}}`, `{"a":{"b":2}}`, []string{"a.b"}, false},
		"inside the part":          {`{"a":{"b":{"c":1}}}`, `{"a":{"b":{"c":2}}}`, []string{"a.b"}, false},
		"missing or null":          {`{"a":{}}`, `{"a":{"b":null}}`, []string{"a.b"}, false},
		"missing or empty":         {`{"a":{}}`, `{"a":{"b":{}}}`, []string{"a.b"}, false},
		"no object on the way":     {`{"a":7}`, `{"a":{}}`, []string{"a.b"}, false},
		"two that are no objects":  {`{"a":7}`, `{"a":8}`, []string{"a.b"}, false},
		"two parts changed places": {`{"a":{"b":1,"d":2}}`, `{"a":{"b":2,"d":1}}`, []string{"a.b", "a.d"}, false},
		"keys in another order":    {`{"a":{"b":1,"d":2}}`, `{"a":{"d":2,"b":1}}`, []string{"a.b", "a.d"}, true},
		"a key written otherwise":  {`{"a":{"b":1}}`, `{"\u0061":{"\u0062":1}}`, []string{"a.b"}, true},
		"nothing is read":          {`{"a":1}`, `[2]`, nil, true},
		"everything is read":       {`{"a":1,"q":1}`, `{"a":1,"q":2}`, []string{""}, false},
		"neither text":             {`{"a":"p"}`, `{"a":"q"}`, []string{"a=x,y"}, true},
		"one of the texts":         {`{"a":"x"}`, `{"a":"q"}`, []string{"a=x,y"}, false},
		"two of the texts":         {`{"a":"x"}`, `{"a":"y"}`, []string{"a=x,y"}, false},
		"a text written otherwise": {`{"a":"x"}`, `{"a":"\u0078"}`, []string{"a=x,y"}, true},
		"neither, nor a text":      {`{"a":["x"]}`, `{"a":null}`, []string{"a=x,y"}, true},
		"the empty text":           {`{"a":""}`, `{"a":"x"}`, []string{"a="}, false},
		"missing or no text":       {`{}`, `{"a":1}`, []string{"a=x,y"}, false},
		"texts and the whole":      {`{"a":"p"}`, `{"a":"q"}`, []string{"a=x", "a"}, false},
		"not an object at all":     {`7`, `{}`, []string{"a.b"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := key(t, c.one, c.reads...) == key(t, c.other, c.reads...); got != c.same {
				t.Errorf("%s and %s for %v: same key is %v", c.one, c.other, c.reads, got)
			}
		})
	}
}

func TestTwoRulesDoNotShareAKey(t *testing.T) {
	var p projection.Plan
	r := p.Add(paths("a"))
	parts, err := p.Scan([]byte(`{"a":1}`))
	if err != nil || parts.Key(1, r) == parts.Key(2, r) {
		t.Errorf("two rules that read the same have one key; %v", err)
	}
}

func TestNoParts(t *testing.T) {
	var p projection.Plan
	p.Add(paths("a.b"))
	for _, doc := range []string{``, `{`, `{"a":}`, `{"a":{"b":1},"a":{"b":2}}`, `{"a":{"b":1,"b":2}}`, `{"x":{"y":1,"y":2}}`, `{} {}`, `nul`, `{"a":"` + "\xff" + `"}`} {
		if _, err := p.Scan([]byte(doc)); err == nil {
			t.Errorf("Scan(%q) found parts", doc)
		}
	}
}

// at is the value at a path: what a rule would see there.
func at(v any, path projection.Path) any {
	for _, key := range path {
		o, ok := v.(map[string]any)
		if !ok {
			return [2]any{"no object", v}
		}
		if v, ok = o[key]; !ok {
			return "missing"
		}
	}
	return [1]any{v}
}

// seen is what a rule can tell of a value: of one that is only held against
// texts, which of them it is.
func seen(v any, against []string) any {
	one, there := v.([1]any)
	if !there || against == nil {
		return v
	}
	if text, ok := one[0].(string); ok && slices.Contains(against, text) {
		return text
	}
	return "none of the texts"
}

// Documents with one key have the same values at each path.
func FuzzScan(f *testing.F) {
	docs := []string{`{"a":{"b":1}}`, `{"a":{"b":2}}`, `{"a":7}`, `{"a":{"b":{"c":[1,{"d":null}]}}}`, `{"z":{"y":{"x":"s"}}}`, `[]`, `"a"`, `{"\u0061":{"b":1}}`}
	for i, d := range docs {
		f.Add(d, docs[(i+1)%len(docs)], "a.b", "a.b.c")
	}
	f.Fuzz(func(t *testing.T, one, other, p, q string) {
		var plan projection.Plan
		plan.Add(paths("a", "a.b"))
		list := paths(p, q)
		r := plan.Add(list)
		x, err := plan.Scan([]byte(one))
		y, err2 := plan.Scan([]byte(other))
		if err != nil || err2 != nil || x.Key(1, r) != y.Key(1, r) {
			return
		}
		var v, w any
		if json.Unmarshal([]byte(one), &v) != nil || json.Unmarshal([]byte(other), &w) != nil {
			t.Fatalf("%q or %q has parts, but is not JSON", one, other)
		}
		for _, g := range list {
			path := g.Path
			if a, b := seen(at(v, path), g.Against), seen(at(w, path), g.Against); !reflect.DeepEqual(a, b) {
				t.Errorf("%q and %q have one key for %v, but %v and %v there", one, other, list, a, b)
			}
		}
	})
}
