package local

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// noCommit stands for "was not there" and "is deleted" in a push.
const noCommit = "0000000000000000000000000000000000000000"

// Refusals says why a push may not be kept, in plain words, one line each; no
// lines mean that nothing stands in the way. It knows the protection of the main
// branch, the freeze and the kinds of names that may be pushed. Quarantine is
// the folder of the push's new objects, or "" when it brings none.
func (f *Forge) Refusals(ctx context.Context, name, quarantine string, updates []core.RefUpdate) ([]string, error) {
	env, err := f.quarantine(name, quarantine)
	if err != nil {
		return nil, err
	}
	settings, err := f.get(ctx, name)
	if err != nil {
		return nil, err
	}
	if settings[keyFrozen] == "true" {
		return []string{"This app is archived, so it takes no pushes.", "Restore the app first, then push again."}, nil
	}
	p := protectionIn(settings)
	if p.Branch == "" {
		return []string{"This app is not ready for pushes yet.", "Wait until it is set up, then push again."}, nil
	}
	for _, u := range updates {
		lines, err := f.judge(ctx, name, p, u, env)
		if err != nil || len(lines) > 0 {
			return lines, err
		}
	}
	return nil, nil
}

func (f *Forge) judge(ctx context.Context, name string, p core.Protection, u core.RefUpdate, env []string) ([]string, error) {
	if !pushable(u.Ref) {
		return []string{"Only branches, tags and notes can be pushed, not this: " + u.Ref, "Push a branch: git push origin HEAD:my-change"}, nil
	}
	if u.Ref != "refs/heads/"+p.Branch {
		return nil, nil
	}
	if u.New == noCommit {
		if p.Delete {
			return nil, nil
		}
		return []string{"The branch " + p.Branch + " cannot be deleted."}, nil
	}
	if !p.DirectPush {
		return []string{"You cannot push to " + p.Branch + " directly. Every change is checked first.",
			"Make a branch and push it: git push origin HEAD:my-change", "The push opens the change."}, nil
	}
	if p.ForcePush || u.Old == noCommit {
		return nil, nil
	}
	grows, err := f.contains(ctx, f.path(name), u.Old, u.New, env)
	if err != nil || grows {
		return nil, err
	}
	return []string{"The history of " + p.Branch + " cannot be rewritten.", "Run git pull, then push again without --force."}, nil
}

func pushable(ref string) bool {
	for _, kind := range []string{"refs/heads/", "refs/tags/", "refs/notes/"} {
		if rest, ok := strings.CutPrefix(ref, kind); ok {
			return rest != "" && len(ref) <= 250
		}
	}
	return false
}
