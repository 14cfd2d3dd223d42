package policy

import (
	"context"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/paddock-dev/paddock/internal/core"
)

// Source is the text of a set: all that is needed to make it again, so that a
// decision can be replayed without the governance repository.
type Source struct {
	Files    map[string]string `json:"files"` // the rules by path, without their tests
	Bindings []Binding         `json:"bindings"`
	Rollout  Rollout           `json:"rollout"`
	// Exemptions as they stand in the file, expired ones too.
	Exemptions []Exemption `json:"exemptions,omitempty"`
}

// Source returns the text that the set was made from.
func (s *Set) Source() Source {
	out := Source{Files: map[string]string{}, Bindings: append([]Binding{}, s.bindings...), Rollout: maps.Clone(s.rollout), Exemptions: slices.Clone(s.exemptions)}
	for _, name := range regoFiles(s.files) {
		if !isTestFile(name) {
			out.Files[name] = string(s.files[name])
		}
	}
	if out.Rollout == nil {
		out.Rollout = Rollout{}
	}
	return out
}

// Compile makes the set again. Its Revision is that of the set that the source
// was taken from, and only of that one. Errors are those of the function
// Compile.
func (s Source) Compile(ctx context.Context) (*Set, error) {
	files := make(map[string][]byte, len(s.Files))
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		files[name] = []byte(s.Files[name])
	}
	return Compile(ctx, files, s.Bindings, s.Rollout, s.Exemptions...)
}

// Asked is what one gate asks: the sets of its own package, and the rules that
// are bound to it.
type Asked struct {
	Answers  []string // of deny, warn and approve, those that the package has
	Bindings []Bound
}

// Bound is a rule that is bound to a gate.
type Bound struct {
	Binding
	Set       string // deny or warn, for a set as Conftest reads it; empty for an allow-style rule
	EachImage bool   // it is asked once for each image of the workload
}

// Asked returns what a gate asks, for those who put the same questions
// elsewhere. A gate that nothing answers asks nothing.
func (s *Set) Asked(g core.Gate) (out Asked) {
	a := s.gate(g)
	if a == nil {
		return out
	}
	for _, q := range a.questions {
		if q.binding.Query == "" {
			out.Answers = append(out.Answers, q.answer)
		} else {
			out.Bindings = append(out.Bindings, Bound{q.binding, q.answer, q.images})
		}
	}
	return out
}

// IsOld reports whether a policy file is read as Rego v0, because it is not v1.
func IsOld(name, text string) bool {
	m, version, err := parseAs(name, text)
	return err == nil && m != nil && version == ast.RegoV0
}
