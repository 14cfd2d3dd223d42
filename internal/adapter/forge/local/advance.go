package local

import (
	"context"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
)

// Advance moves a branch forward to a commit that contains all of it, and says
// whether it moved; a branch that contains the commit stays. Errors: Conflict when
// they have parted.
func (f *Forge) Advance(ctx context.Context, name, branch, commit string) (bool, error) {
	if err := checkCommit(commit); err != nil {
		return false, err
	}
	if err := f.writable(ctx, name); err != nil {
		return false, err
	}
	unlock, err := f.lock(name)
	if err != nil {
		return false, err
	}
	defer unlock()
	tip, err := f.Head(ctx, name, branch)
	if err != nil {
		return false, err
	}
	if _, err := f.resolve(ctx, name, commit); err != nil {
		return false, err
	}
	dir := f.path(name)
	there, err := f.contains(ctx, dir, commit, tip, nil)
	if err != nil || there {
		return false, err
	}
	forward, err := f.contains(ctx, dir, tip, commit, nil)
	if err != nil {
		return false, err
	}
	if !forward {
		return false, core.Errorf(core.Conflict, "The branch %q has moved on since this commit was made.", branch).Hinted("Rebase on it, and push again.")
	}
	_, err = f.run(ctx, call{dir: dir, args: []string{"update-ref", "-m", "advance", "refs/heads/" + branch, commit, tip}})
	if exitOf(err) > 0 {
		return false, (&core.Error{Code: core.Conflict, Msg: "The branch moved meanwhile.", Err: err}).Hinted("Try again.")
	}
	return err == nil, fault("Moving "+branch, err)
}

// PushedTree returns the files of a commit in a push that is not kept yet, as
// Tree does.
func (f *Forge) PushedTree(ctx context.Context, name, quarantine, commit string) (fs.FS, error) {
	if err := checkCommit(commit); err != nil {
		return nil, err
	}
	env, err := f.quarantine(name, quarantine)
	if err != nil {
		return nil, err
	}
	return f.tree(ctx, name, commit, env)
}
