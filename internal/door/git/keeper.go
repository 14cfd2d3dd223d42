package git

import (
	"context"
	"io/fs"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// Changes is the use case behind a push to an app's repository.
type Changes interface {
	// Screen returns why a push may not be kept; no lines if it may.
	Screen(ctx context.Context, app core.App, actor core.Actor, files Files) ([]string, error)
	// Pushed is told of a kept branch and returns what to show.
	Pushed(ctx context.Context, app core.App, who core.Person, actor core.Actor, branch, head string) ([]string, error)
}

// Files shows everything new in a push.
type Files = func(ctx context.Context, fn func(path, commit string, size int64, content []byte) error) error

// Governance takes what is pushed to the governance repository.
type Governance interface {
	// Screen returns why a commit may not be pushed to main; no lines if it may.
	Screen(ctx context.Context, who core.Person, actor core.Actor, tree fs.FS, commit string) ([]string, error)
	// Main puts in force what main holds now, and returns what to show.
	Main(ctx context.Context, who core.Person, actor core.Actor, commit string) ([]string, error)
	// Branch is told of another kept branch and returns what to show.
	Branch(ctx context.Context, who core.Person, actor core.Actor, branch, head string) ([]string, error)
	// Gone is told of a deleted branch.
	Gone(ctx context.Context, actor core.Actor, branch string) error
}

// Apps finds the app of a repository.
type Apps interface {
	AppByName(ctx context.Context, name string) (core.App, error)
}

// Keeper is the gatekeeper of all repositories: apps' and the governance one.
type Keeper struct {
	Apps       Apps
	Changes    Changes
	Governance Governance
	// GovernanceRepo is the name of the governance repository.
	GovernanceRepo string
	// Base is put before paths in what makers read, so that they can open them.
	Base string
}

// PrePush implements Gatekeeper: it looks for secrets before a push is kept.
func (k Keeper) PrePush(ctx context.Context, p Push) (Answer, error) {
	app := core.App{Name: p.Repo}
	if p.Repo != k.GovernanceRepo {
		var err error
		if app, err = k.Apps.AppByName(ctx, p.Repo); err != nil {
			return Answer{}, err
		}
	}
	lines, err := k.Changes.Screen(ctx, app, p.Caller.Actor(), p.Blobs)
	if err == nil && len(lines) == 0 && p.Repo == k.GovernanceRepo {
		lines, err = k.rules(ctx, p)
	}
	if err != nil {
		return Answer{}, err
	}
	return Answer{Refuse: len(lines) > 0, Lines: lines}, nil
}

// rules judges what a push would make the main branch of the governance
// repository.
func (k Keeper) rules(ctx context.Context, p Push) ([]string, error) {
	for _, u := range p.Updates {
		if u.Ref != "refs/heads/main" || gone(u) {
			continue
		}
		tree, err := p.Tree(ctx, u.New)
		if err != nil {
			return nil, err
		}
		return k.Governance.Screen(ctx, p.Caller.Person, p.Caller.Actor(), tree, u.New)
	}
	return nil, nil
}

func gone(u core.RefUpdate) bool { return strings.Trim(u.New, "0") == "" }

// PostPush implements Gatekeeper: each pushed branch of an app becomes a change;
// one of the governance repository a proposal, and its main branch is put in force.
func (k Keeper) PostPush(ctx context.Context, p Push) (Answer, error) {
	var out Answer
	for _, u := range p.Updates {
		branch, ok := strings.CutPrefix(u.Ref, "refs/heads/")
		if ok && gone(u) && p.Repo == k.GovernanceRepo {
			if err := k.Governance.Gone(ctx, p.Caller.Actor(), branch); err != nil {
				return out, err
			}
		}
		if !ok || gone(u) {
			continue
		}
		lines, err := k.one(ctx, p, branch, u.New)
		if err != nil {
			return out, err
		}
		out.Lines = append(out.Lines, lines...)
	}
	for i, line := range out.Lines {
		out.Lines[i] = strings.ReplaceAll(line, ": /apps/", ": "+k.Base+"/apps/")
	}
	return out, nil
}

func (k Keeper) one(ctx context.Context, p Push, branch, head string) ([]string, error) {
	if p.Repo == k.GovernanceRepo {
		if branch != "main" {
			return k.Governance.Branch(ctx, p.Caller.Person, p.Caller.Actor(), branch, head)
		}
		return k.Governance.Main(ctx, p.Caller.Person, p.Caller.Actor(), head)
	}
	if branch == "main" {
		return nil, nil
	}
	app, err := k.Apps.AppByName(ctx, p.Repo)
	if err != nil {
		return nil, err
	}
	return k.Changes.Pushed(ctx, app, p.Caller.Person, p.Caller.Actor(), branch, head)
}
