package git

import (
	"context"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
)

// Gatekeeper judges pushes.
type Gatekeeper interface {
	// PrePush judges a push before it is kept. A refusal's lines are shown to the
	// maker as they are. An error refuses the push.
	PrePush(ctx context.Context, p Push) (Answer, error)
	// PostPush is told of a push that was kept; its lines are shown. Nothing it
	// answers undoes the push.
	PostPush(ctx context.Context, p Push) (Answer, error)
}

// Push is one push of one maker.
type Push struct {
	Repo    string
	Caller  Caller
	Updates []core.RefUpdate
	// Blobs shows everything new in the push: the files of all its commits, also
	// those that a later commit removes again, and under pseudo paths with a
	// space in them ("commit message", "tag header", ...) the words of commits and
	// tags. Content is nil for a file too large to be read; size is always right.
	// An error of fn ends it and is returned. In PostPush it shows nothing.
	Blobs func(ctx context.Context, fn func(path, commit string, size int64, content []byte) error) error
	// Tree shows the files of a commit, which may be new in the push. In PostPush
	// it is nil.
	Tree func(ctx context.Context, commit string) (fs.FS, error)
}

// Answer is what a gatekeeper says to a push.
type Answer struct {
	Refuse bool
	Lines  []string // shown to the maker, one line each
}

// Caller is who pushes or fetches.
type Caller struct {
	Person   core.Person
	ReadOnly bool // the access token may only read
}

// Actor names the caller for the audit log.
func (c Caller) Actor() core.Actor {
	return core.Actor{Kind: core.ActorPerson, ID: c.Person.ID, Name: c.Person.Email, Door: "git"}
}

// Pushes is what the hook server needs of the forge.
type Pushes interface {
	// Refusals says in plain words why a push may not be kept; none if it may.
	Refusals(ctx context.Context, repo, quarantine string, updates []core.RefUpdate) ([]string, error)
	// NewObjects shows everything new in a push.
	NewObjects(ctx context.Context, repo, quarantine string, updates []core.RefUpdate,
		each func(path, commit string, size int64, content []byte) error) error
	// PushedTree returns the files of a commit, which may be new in the push.
	PushedTree(ctx context.Context, repo, quarantine, commit string) (fs.FS, error)
}
