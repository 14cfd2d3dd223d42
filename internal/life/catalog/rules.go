package catalog

import (
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// RuleSource is what the policies of a revision are compiled from.
type RuleSource struct {
	Files    map[string][]byte
	Bindings []policy.Binding
	Rollout  policy.Rollout
}

// Rules reads the policies of a governance tree and nothing else of it, so that
// an old revision can be decided by again although this program would refuse
// its other files. What the tree says in a way that this program does not know
// is an error.
func Rules(fsys fs.FS) (RuleSource, error) {
	l := &loader{fsys: fsys, rev: &Revision{Settings: Default()}, places: nil}
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
	if rollout, err := fs.ReadFile(fsys, rolloutFile); err == nil {
		var file rolloutDoc
		if _, _, err := readFile(rolloutFile, rollout, &file); err != nil {
			l.note(err)
		}
		src.Rollout = file.Rules
	}
	return src, core.Join(core.Invalid, "The policies cannot be read:", l.faults)
}

// Revision names the policies as the gates name them in their decisions.
func (r RuleSource) Revision() string { return policy.Revision(r.Files, r.Bindings, r.Rollout) }
