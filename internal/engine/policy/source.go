package policy

import (
	"context"
	"maps"
	"slices"
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
