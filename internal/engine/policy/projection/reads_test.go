package projection_test

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// reads lists what the rule data.p.x reads, as input.a.b input.c.
func reads(t *testing.T, modules ...string) string {
	t.Helper()
	parsed := map[string]*ast.Module{}
	for i, text := range modules {
		m, err := ast.ParseModule(string(rune('a'+i))+".rego", text)
		if err != nil {
			t.Fatal(err)
		}
		parsed[string(rune('a'+i))+".rego"] = m
	}
	c := ast.NewCompiler()
	if c.Compile(parsed); c.Failed() {
		t.Fatal(c.Errors)
	}
	var out []string
	for _, p := range projection.Reads(c, ast.MustParseBody("data.p.x = y")) {
		out = append(out, strings.Join(append([]string{"input"}, p...), "."))
	}
	return strings.Join(out, " ")
}

// NEW-1: everything that a rule can touch is taken in.
func TestReads(t *testing.T) {
	for name, c := range map[string]struct {
		rule string
		want string
	}{
		"nothing":               {`x := 1`, ""},
		"two keys":              {`x if input.a.b == input.c`, "input.a.b input.c"},
		"one within another":    {`x if { input.a.b; input.a }`, "input.a"},
		"an element":            {`x if input.a[0].b == 1`, "input.a"},
		"each element":          {`x if { some v in input.a; v.b == input.c }`, "input.a input.c"},
		"a key looked up":       {`x if input.a[input.k] == 1`, "input.a input.k"},
		"any key":               {`x if { some k; input[k] == 1 }`, "input"},
		"the whole":             {`x := count(input)`, "input"},
		"by another name":       {"x if {\n d := input\n d.a == 1\n}", "input"},
		"walked":                {`x if { walk(input.tree, [p, v]); v == input.z }`, "input.tree input.z"},
		"by a rule":             {"x if y\n\ny if input.a", "input.a"},
		"by a function":         {"x if f(input.a)\n\nf(v) if v == input.b", "input.a input.b"},
		"by else":               {"x := 1 if input.a\n\nelse := 2 if input.b\n\nelse := input.c", "input.a input.b input.c"},
		"by every":              {`x if every v in input.a { v == input.b }`, "input.a input.b"},
		"in a comprehension":    {`x := [v | some v in input.a; v != input.b]`, "input.a input.b"},
		"in an object":          {`x := {"k": input.a, input.b: 1}`, "input.a input.b"},
		"by negation":           {`x if not input.a.b`, "input.a.b"},
		"in text":               {`x := sprintf("%s", [input.a])`, "input.a"},
		"by default":            {"default x := false\n\nx if input.a", "input.a"},
		"with another input":    {"x if y with input as {\"a\": input.b}\n\ny if input.a", "input.a input.b"},
		"with a part replaced":  {"x if y with input.a as input.b\n\ny if input.c", "input.a input.b input.c"},
		"a rule by its name":    {`x if data.q.r[input.n]`, "input.deep.down input.n"},
		"a set":                 {"x if y[input.n]\n\ny contains input.a", "input.a input.n"},
		"another package":       {`x if data.q.r.s`, "input.deep.down"},
		"another package whole": {`x := data.q`, "input.deep.down input.other"},
		"a package by name":     {`x if data.q[input.n].s`, "input.deep.down input.n"},
		"in a circle of names":  {"x if y\n\ny if input.a\n\nz if x", "input.a"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := reads(t, "package p\n\n"+c.rule, "package q.r\n\ns if input.deep.down", "package q.u\n\nv if input.other"); got != c.want {
				t.Errorf("%s\nreads %q, want %q", c.rule, got, c.want)
			}
		})
	}
}
