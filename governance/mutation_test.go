package governance_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Every rule of the starter has a test that notices when the rule is gone, and
// every condition of a rule one that notices when the condition is gone.
func TestPolicyTestsCanFail(t *testing.T) {
	files, err := catalog.PolicyFiles(governance.FS())
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if strings.HasSuffix(name, "_test.rego") || name == "policies/container.rego" {
			continue
		}
		for _, m := range mutants(t, name, b) {
			t.Run(m.what, func(t *testing.T) {
				t.Parallel()
				changed := related(files, name)
				changed[name] = m.text
				results, err := policy.Test(context.Background(), changed)
				if err != nil {
					return // does not even compile: noticed
				}
				for _, r := range results {
					if !r.Pass {
						return
					}
				}
				t.Errorf("no test notices:\n%s", m.text)
			})
		}
	}
}

// related returns what a policy's own tests need; for a gate, and for what all
// share, that is everything.
func related(files map[string][]byte, name string) map[string][]byte {
	out := map[string][]byte{}
	topic := strings.TrimSuffix(name, ".rego")
	all := strings.Contains(name, "/gates/") || strings.HasSuffix(name, "/classes.rego")
	for other, b := range files {
		if all || strings.HasPrefix(other, topic) || strings.HasSuffix(other, "/classes.rego") || strings.HasSuffix(other, "/example_test.rego") {
			out[other] = b
		}
	}
	return out
}

type mutant struct {
	what string
	text []byte
}

// mutants returns the module without one rule, and without one condition.
func mutants(t *testing.T, name string, b []byte) []mutant {
	t.Helper()
	var out []mutant
	parse := func() *ast.Module {
		m, err := ast.ParseModuleWithOpts(name, string(b), ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	add := func(m *ast.Module, what string) {
		text, err := format.Ast(m)
		if err != nil || bytes.Equal(text, b) {
			t.Fatalf("%s: %v", what, err)
		}
		out = append(out, mutant{what, text})
	}
	for i, rule := range parse().Rules {
		m := parse()
		m.Rules = append(m.Rules[:i], m.Rules[i+1:]...)
		add(m, fmt.Sprintf("%s without rule %d %s", name, i, rule.Head.Ref()))
		for j := range rule.Body {
			if len(rule.Body) < 2 {
				break
			}
			m := parse()
			r := m.Rules[i]
			r.Body = append(append(ast.Body{}, r.Body[:j]...), r.Body[j+1:]...)
			for k, e := range r.Body {
				e.Index = k
			}
			add(m, fmt.Sprintf("%s without condition %d of rule %d", name, j, i))
		}
	}
	return out
}
