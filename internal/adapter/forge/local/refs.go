package local

import (
	"context"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Head returns the commit of a branch, or NotFound when there is none.
func (f *Forge) Head(ctx context.Context, name, branch string) (string, error) {
	dir, err := f.open(name)
	if err != nil {
		return "", err
	}
	if err := checkBranch(branch); err != nil {
		return "", err
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"rev-parse", "--verify", "--quiet", "refs/heads/" + branch + "^{commit}"}})
	if exitOf(err) == 1 {
		return "", core.Errorf(core.NotFound, "The repository %q has no branch %q.", name, branch).Hinted("Push the branch first.")
	}
	return strings.TrimSpace(string(out)), fault("Reading the branch "+branch, err)
}

// Branches returns all branches, sorted by name.
func (f *Forge) Branches(ctx context.Context, name string) ([]core.Branch, error) {
	dir, err := f.open(name)
	if err != nil {
		return nil, err
	}
	out, err := f.run(ctx, call{dir: dir, args: []string{"for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads/"}})
	if err != nil {
		return nil, fault("Reading the branches of "+name, err)
	}
	all := []core.Branch{}
	for line := range strings.Lines(string(out)) {
		if id, branch, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			all = append(all, core.Branch{Name: branch, Commit: id})
		}
	}
	return all, nil
}

// resolve turns a commit id or the name of a branch into the id of a commit
// that is in the repository.
func (f *Forge) resolve(ctx context.Context, name, rev string) (string, error) {
	if !commitRE.MatchString(rev) {
		return f.Head(ctx, name, rev)
	}
	dir, err := f.open(name)
	if err != nil {
		return "", err
	}
	_, err = f.run(ctx, call{dir: dir, args: []string{"cat-file", "-e", rev + "^{commit}"}})
	if exitOf(err) > 0 {
		return "", core.Errorf(core.NotFound, "The repository %q has no commit %s.", name, rev).Hinted("Push it first.")
	}
	return rev, fault("Reading the commit "+rev, err)
}

// pair resolves base and head.
func (f *Forge) pair(ctx context.Context, name, base, head string) (b, h string, err error) {
	if b, err = f.resolve(ctx, name, base); err == nil {
		h, err = f.resolve(ctx, name, head)
	}
	return b, h, err
}

// UpToDate reports whether head contains all of base, each a branch or a commit.
func (f *Forge) UpToDate(ctx context.Context, name, base, head string) (bool, error) {
	b, h, err := f.pair(ctx, name, base, head)
	if err != nil {
		return false, err
	}
	return f.contains(ctx, f.path(name), b, h, nil)
}

// contains reports whether commit old is new or an ancestor of it.
func (f *Forge) contains(ctx context.Context, dir, old, new string, env []string) (bool, error) {
	_, err := f.run(ctx, call{dir: dir, env: env, args: []string{"merge-base", "--is-ancestor", old, new}})
	if exitOf(err) == 1 {
		return false, nil
	}
	return err == nil, fault("Comparing commits", err)
}
