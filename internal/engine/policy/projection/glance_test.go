package projection_test

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/engine/policy/projection"
)

// A part that is only held against texts of the policy is kept as such; where it
// is read in any other way, too, the whole counts.
func TestGlances(t *testing.T) {
	for name, c := range map[string]struct{ rule, want string }{
		"equal":               {`x if input.a.b == ""`, `a.b=""`},
		"the other way round": {`x if "z" == input.a.b`, `a.b="z"`},
		"unified":             {`x if input.a.b = "z"`, `a.b="z"`},
		"not equal":           {`x if input.a.b != ""`, `a.b=""`},
		"negated":             {`x if not input.a.b == "z"`, `a.b="z"`},
		"against two":         {`x if { input.a != "z"; input.a != "y" }`, `a="y","z"`},
		"in another rule":     {"x if { input.a != \"z\"; y }\n\ny if input.a == \"y\"", `a="y","z"`},
		"read otherwise too":  {`x if { input.a != "z"; count(input.a) > 1 }`, `a`},
		"its parent is read":  {`x if { input.a.b != "z"; count(input.a) > 1 }`, `a`},
		"its child is read":   {`x if { input.a != "z"; input.a.b }`, `a="z" a.b`},
		"against a number":    {`x if input.a == 7`, `a`},
		"against another":     {`x if input.a == input.b`, `a b`},
		"an element":          {`x if input.a[0] == "z"`, `a`},
		"any element":         {`x if input.a[_] == "z"`, `a`},
		"in a set of texts":   {`x if input.a in {"y", "z"}`, `a`},
		"with another input":  {`x if input.a == "z" with input.a as input.b`, `a b`},
		"less":                {`x if input.a < "z"`, `a`},
		"assigned":            {"x if { v := input.a; v == \"z\" }", `a="z"`},
		"used otherwise too":  {"x if { v := input.a; v == \"z\"; count(v) > 0 }", `a`},
		"the result counts":   {"x := y\n\ny := input.a == \"z\"", `a`},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := ast.ParseModule("a.rego", "package p\n\n"+c.rule)
			if err != nil {
				t.Fatal(err)
			}
			compiler := ast.NewCompiler()
			if compiler.Compile(map[string]*ast.Module{"a.rego": m}); compiler.Failed() {
				t.Fatal(compiler.Errors)
			}
			var got []string
			for _, g := range projection.Glances(compiler, ast.MustParseBody("data.p.x = y")) {
				s := strings.Join(g.Path, ".")
				if len(g.Against) > 0 {
					s += `="` + strings.Join(g.Against, `","`) + `"`
				}
				got = append(got, s)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s\nsees %s, want %s", c.rule, s, c.want)
			}
		})
	}
}
