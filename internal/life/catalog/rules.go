package catalog

import (
	"context"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog/strict"
)

// RuleSource is what the policies of a revision are compiled from.
type RuleSource struct {
	Files    map[string][]byte
	Bindings []policy.Binding
	Rollout  policy.Rollout
	Exempt   []policy.Exemption
}

// Rules reads the policies of a governance tree and nothing else of it, so that
// an old revision can be decided by again although this program would refuse
// its other files. What the tree says in a way that this program does not know
// is an error.
func Rules(fsys fs.FS) (RuleSource, error) {
	l := &loader{fsys: fsys, rev: &Revision{Settings: Default()}, places: map[string]*strict.Doc{}}
	files, err := PolicyFiles(fsys)
	if err != nil {
		return RuleSource{}, err
	}
	if b, ok := l.read(SettingsFile); ok {
		if _, _, err := readFile(SettingsFile, b, &l.rev.Settings); err != nil {
			l.note(err)
		}
	}
	src := RuleSource{Files: files}
	for _, b := range l.rev.Settings.Policies {
		src.Bindings = append(src.Bindings, policy.Binding(b))
	}
	src.Rollout, src.Exempt = l.rollout(), l.exemptions()
	return src, core.Join(core.Invalid, "The policies cannot be read:", l.faults)
}

// Revision names the policies as the gates name them in their decisions.
func (r RuleSource) Revision() string {
	return policy.Revision(r.Files, r.Bindings, r.Rollout, r.Exempt...)
}

// Compile makes the policies ready to decide. Errors are those of policy.Compile.
func (r RuleSource) Compile(ctx context.Context) (*policy.Set, error) {
	return policy.Compile(ctx, r.Files, r.Bindings, r.Rollout, r.Exempt...)
}

// Halt returns the source with rules that only warn, because they would have
// blocked too many apps.
func (r RuleSource) Halt(rules []string) RuleSource {
	r.Rollout = r.Rollout.Halt(rules)
	return r
}
