package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
)

// answers are the sets that a gate's package may define.
var answers = []string{"deny", "warn", "approve"}

// packageFaults finds packages under data.paddock that no gate would ever ask,
// and rules in a gate's package that look like a misspelt answer. Both would
// pass in silence otherwise.
func packageFaults(mods map[string]*ast.Module) []*core.Error {
	var out []*core.Error
	for _, name := range slices.Sorted(maps.Keys(mods)) {
		m := mods[name]
		path := strings.TrimPrefix(m.Package.Path.String(), "data.")
		rest, under := strings.CutPrefix(path, "paddock")
		if !under || rest != "" && rest[0] != '.' || isTestFile(name) {
			continue
		}
		gate := strings.TrimPrefix(rest, ".")
		switch {
		case gate == "lib" || strings.HasPrefix(gate, "lib."):
		case slices.Contains(core.Gates, core.Gate(gate)):
			out = append(out, answerFaults(m)...)
		case core.Gate(gate) == Authz:
			out = append(out, onlyRefuses(m)...)
		default:
			out = append(out, core.Errorf(core.Invalid, "The package %s belongs to no gate, so nothing would ever run it.", path).
				Hinted("%s", strings.TrimSpace(core.DidYouMean(path, gatePackages())+" Rules that other policies share go into paddock.lib.")).
				At(place(m.Package.Location)))
		}
	}
	return out
}

func answerFaults(m *ast.Module) []*core.Error {
	var out []*core.Error
	for _, r := range m.Rules {
		if r.Head.RuleKind() != ast.MultiValue {
			continue
		}
		name := r.Head.Ref()[0].Value.String()
		if hint := core.DidYouMean(name, answers); hint != "" {
			out = append(out, core.Errorf(core.Invalid, "The rule %q is no answer that a gate reads.", name).Hinted("%s", hint).At(place(r.Location)))
		}
	}
	return out
}

func gatePackages() []string {
	var out []string
	for _, g := range core.Gates {
		out = append(out, "paddock."+string(g))
	}
	return append(out, "paddock."+string(Authz))
}

// missingRules finds bindings to rules that do not exist.
func missingRules(c *ast.Compiler, bindings []Binding) []*core.Error {
	var out []*core.Error
	for _, b := range bindings {
		if len(c.GetRulesExact(ast.MustParseRef(b.Query))) == 0 {
			out = append(out, core.Errorf(core.Invalid, "The policy binding asks for %s, but no policy has that rule.", b.Query).
				Hinted("%s", orText(core.DidYouMean(b.Query, ruleNames(c)), "Add the policy's file, or correct the name.")))
		}
	}
	return out
}

func ruleNames(c *ast.Compiler) []string {
	seen := map[string]bool{}
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			seen[r.Ref().GroundPrefix().String()] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// codes lists the codes that policies write as plain text, sorted.
func codes(mods map[string]*ast.Module, bindings []Binding) []string {
	seen := map[string]bool{}
	for _, b := range bindings {
		seen[orText(b.Code, policyDenied)] = true
	}
	for _, m := range mods {
		ast.WalkTerms(m, func(t *ast.Term) bool {
			if o, ok := t.Value.(ast.Object); ok {
				if code := o.Get(ast.StringTerm("code")); code != nil {
					seen[termText(code)] = true
				}
			}
			return false
		})
	}
	return slices.Sorted(maps.Keys(seen))
}
