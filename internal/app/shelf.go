package app

import (
	"context"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/govern"
)

// GovernanceRepo is the name of the governance repository in the embedded forge.
const GovernanceRepo = govern.Repo

// revisionSetting keeps the commit of the revision in force.
const revisionSetting = govern.Setting

// library is what a shelf needs of the forge and the store.
type library interface {
	Create(ctx context.Context, name string) error
	Protect(ctx context.Context, name string, p core.Protection) error
	Head(ctx context.Context, name, branch string) (string, error)
	Tree(ctx context.Context, name, commit string) (fs.FS, error)
	Advance(ctx context.Context, name, branch, commit string) (bool, error)
}

// activations are the records of what is in force.
type activations interface {
	settings
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
	AddActivation(ctx context.Context, a core.Activation) error
	Activation(ctx context.Context) (core.Activation, error)
}

// shelf holds the governance revision in force. It starts with the starter
// repository and takes each good revision that is pushed; a bad one changes
// nothing.
type shelf struct {
	forge library
	store activations
	tx    func(ctx context.Context, fn func(ctx context.Context) error) error
	audit interface {
		Append(ctx context.Context, e core.Event) error
	}
	changed func(ctx context.Context) // what must follow a new revision
	current atomic.Pointer[catalog.Revision]

	mu     sync.Mutex // of number
	number int        // of the activation that current is of
}

// Current returns the revision in force.
func (s *shelf) Current() *catalog.Revision { return s.current.Load() }

// open loads the revision in force, making the repository at the first start.
func (s *shelf) open(ctx context.Context, seed func(files map[string][]byte) (string, error)) error {
	if err := s.forge.Create(ctx, GovernanceRepo); err != nil {
		return err
	}
	commit, err := s.store.Setting(ctx, revisionSetting)
	if err != nil {
		return err
	}
	if commit == "" {
		if commit, err = s.seed(ctx, seed); err != nil {
			return err
		}
	}
	if err := s.forge.Protect(ctx, GovernanceRepo, core.Protection{Branch: "main", DirectPush: true}); err != nil {
		return err
	}
	in, err := s.recorded(ctx, commit)
	if err != nil {
		return err
	}
	rev, err := s.load(ctx, commit, in.Halted)
	if err != nil {
		return err
	}
	s.put(rev, in.Number)
	_, err = s.forge.Advance(ctx, GovernanceRepo, "main", commit) // a server may have died before it did
	if core.CodeOf(err) == core.Conflict {
		err = nil
	}
	return err
}

// recorded returns the newest activation. Records of a time before there were
// activations get their first.
func (s *shelf) recorded(ctx context.Context, commit string) (core.Activation, error) {
	in, err := s.store.Activation(ctx)
	if err != nil || in.Number > 0 {
		return in, err
	}
	in = core.Activation{Number: 1, Commit: commit, How: core.ByStart}
	return in, s.store.Quietly(ctx, func(ctx context.Context) error { return s.store.AddActivation(ctx, in) })
}

// put takes a revision into memory, unless a newer one is there. It reports
// whether it did.
func (s *shelf) put(rev *catalog.Revision, number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current.Load() != nil && number <= s.number {
		return false
	}
	s.current.Store(rev)
	s.number = number
	return true
}

// seed puts the starter repository in place.
func (s *shelf) seed(ctx context.Context, seed func(files map[string][]byte) (string, error)) (string, error) {
	files := map[string][]byte{}
	err := fs.WalkDir(governance.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[path], err = fs.ReadFile(governance.FS(), path)
		return err
	})
	if err != nil {
		return "", core.Hidden("Reading the starter governance repository", err)
	}
	commit, err := seed(files)
	if err != nil {
		return "", err
	}
	return commit, s.keep(ctx, commit, core.System("start"))
}

func (s *shelf) keep(ctx context.Context, commit string, by core.Actor) error {
	return s.tx(ctx, func(ctx context.Context) error {
		if err := s.store.PutSetting(ctx, revisionSetting, commit); err != nil {
			return err
		}
		if err := s.store.AddActivation(ctx, core.Activation{Number: 1, Commit: commit, How: core.ByStart}); err != nil {
			return err
		}
		return s.audit.Append(ctx, core.Event{Action: "governance.activate", Actor: by, Gate: core.GateTemplatePublish, Target: commit, Code: "ok"})
	})
}

// take puts a revision in force in memory only.
func (s *shelf) take(ctx context.Context, tree fs.FS, commit string) error {
	rev, err := catalog.Load(ctx, tree, commit)
	if err == nil {
		s.current.Store(rev)
	}
	return err
}

func (s *shelf) load(ctx context.Context, commit string, halted []string) (*catalog.Revision, error) {
	tree, err := s.forge.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		return nil, err
	}
	rev, err := catalog.Load(ctx, tree, commit)
	if err != nil {
		return nil, err
	}
	return rev.Halt(halted), nil
}

// Take implements govern.Shelf.
func (s *shelf) Take(ctx context.Context, rev *catalog.Revision, a core.Activation) {
	if s.put(rev, a.Number) {
		s.changed(ctx)
	}
}

// follow puts in force what another server has put in force.
func (s *shelf) follow(ctx context.Context) error {
	in, err := s.store.Activation(ctx)
	if err != nil || in.Number == 0 {
		return err
	}
	s.mu.Lock()
	known := s.number
	s.mu.Unlock()
	if in.Number <= known {
		return nil
	}
	rev, err := s.load(ctx, in.Commit, in.Halted)
	if err != nil {
		return err
	}
	s.Take(ctx, rev, in)
	return nil
}
