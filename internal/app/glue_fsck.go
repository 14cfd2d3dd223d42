package app

import (
	"context"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/adapter/forge/local"
	"github.com/paddock-dev/paddock/internal/engine/fsck"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// PastRules returns what finds the policies of former revisions in the
// governance repository of a data folder, or a copy of one.
func PastRules(dataDir string) fsck.Rules { return pastRules{filepath.Join(dataDir, "git")} }

type pastRules struct{ root string }

// Find implements fsck.Rules: it looks through the history, newest first, until
// each wanted revision is found. A commit whose policies cannot be read is none
// that was ever in force.
func (p pastRules) Find(ctx context.Context, wanted []string, halted [][]string) (map[string]fsck.Policies, error) {
	forge, err := local.OpenReader(p.root, local.Limits{})
	if err != nil {
		return nil, err
	}
	commits, err := forge.History(ctx, GovernanceRepo, "policies", catalog.SettingsFile)
	if err != nil {
		return nil, err
	}
	left, found := map[string]bool{}, map[string]fsck.Policies{}
	for _, revision := range wanted {
		left[revision] = true
	}
	for _, commit := range commits {
		if len(left) == 0 {
			break
		}
		tree, err := forge.Tree(ctx, GovernanceRepo, commit)
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue
		}
		src, err := catalog.Rules(tree)
		if err != nil {
			continue
		}
		for _, rules := range append([][]string{nil}, halted...) {
			src := src.Halt(rules)
			if !left[src.Revision()] {
				continue
			}
			set, err := src.Compile(ctx)
			if err != nil {
				continue // told as a revision that cannot be found
			}
			found[set.Revision()] = set
			delete(left, set.Revision())
		}
	}
	return found, nil
}
