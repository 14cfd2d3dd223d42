package git

import (
	"context"
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

// Governance takes a new revision of the governance repository.
type Governance interface {
	// Publish reads, checks and activates the revision at a commit and returns
	// what to show. A revision with faults is not activated.
	Publish(ctx context.Context, who core.Person, actor core.Actor, commit string) ([]string, error)
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
	if err != nil {
		return Answer{}, err
	}
	return Answer{Refuse: len(lines) > 0, Lines: lines}, nil
}

// PostPush implements Gatekeeper: each pushed branch of an app becomes a change;
// a push to the governance repository's main branch is published.
func (k Keeper) PostPush(ctx context.Context, p Push) (Answer, error) {
	var out Answer
	for _, u := range p.Updates {
		branch, ok := strings.CutPrefix(u.Ref, "refs/heads/")
		if !ok || strings.Trim(u.New, "0") == "" {
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
			return nil, nil
		}
		return k.Governance.Publish(ctx, p.Caller.Person, p.Caller.Actor(), head)
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
