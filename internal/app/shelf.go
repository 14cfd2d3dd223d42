package app

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"

	"github.com/paddock-dev/paddock/governance"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// GovernanceRepo is the name of the governance repository in the embedded forge.
const GovernanceRepo = "governance"

// revisionSetting keeps the commit of the revision in force.
const revisionSetting = "governance.commit"

// library is what a shelf needs of the forge and the store.
type library interface {
	Create(ctx context.Context, name string) error
	Protect(ctx context.Context, name string, p core.Protection) error
	Head(ctx context.Context, name, branch string) (string, error)
	Tree(ctx context.Context, name, commit string) (fs.FS, error)
}

// shelf holds the governance revision in force. It starts with the starter
// repository and takes each good revision that is pushed; a bad one changes
// nothing.
type shelf struct {
	forge library
	store settings
	tx    func(ctx context.Context, fn func(ctx context.Context) error) error
	audit interface {
		Append(ctx context.Context, e core.Event) error
	}
	clock   core.Clock
	changed func(ctx context.Context) // what must follow a new revision
	current atomic.Pointer[catalog.Revision]
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
	rev, err := s.load(ctx, commit)
	if err != nil {
		return err
	}
	s.current.Store(rev)
	return nil
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

func (s *shelf) load(ctx context.Context, commit string) (*catalog.Revision, error) {
	tree, err := s.forge.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		return nil, err
	}
	return catalog.Load(ctx, tree, commit)
}

// Publish reads, checks and activates a pushed revision, and says what it did.
// A revision with faults is not activated: the last good one stays in force.
func (s *shelf) Publish(ctx context.Context, who core.Person, by core.Actor, commit string) ([]string, error) {
	if err := authz.Can(who, authz.GovernancePublish, nil); err != nil {
		return []string{core.AsError(err).Error(), "The revision in force has not changed."}, nil
	}
	tree, err := s.forge.Tree(ctx, GovernanceRepo, commit)
	if err != nil {
		return nil, err
	}
	v, err := catalog.Validate(ctx, tree, commit, s.clock.Now())
	if err == nil {
		err = failedTests(v)
	}
	if err != nil {
		return append([]string{"", "This revision has faults. The one before stays in force.", ""}, strings.Split(catalog.FormatErrors(err), "\n")...), nil
	}
	if err := s.keep(ctx, commit, by); err != nil {
		return nil, err
	}
	s.current.Store(v.Revision)
	s.changed(ctx)
	return []string{"", fmt.Sprintf("Revision %s is in force: %d templates, %d vendors, %d policy tests passed.", commit[:10], len(v.Revision.Templates), len(v.Revision.Vendors), len(v.Tests)), ""}, nil
}

// follow puts in force what another server has put in force.
func (s *shelf) follow(ctx context.Context) error {
	commit, err := s.store.Setting(ctx, revisionSetting)
	if err != nil || commit == "" || commit == s.Current().ID {
		return err
	}
	rev, err := s.load(ctx, commit)
	if err != nil {
		return err
	}
	s.current.Store(rev)
	s.changed(ctx)
	return nil
}

// failedTests reports policy tests that did not pass.
func failedTests(v catalog.Validation) error {
	var faults []*core.Error
	for _, t := range v.Tests {
		if !t.Pass && !t.Skipped {
			faults = append(faults, core.Errorf(core.Invalid, "The policy test %s (%s) failed: %s.", t.Name, t.Place, t.Problem).Hinted("Run: paddock policy test DIR."))
		}
	}
	return core.Join(core.Invalid, "Policy tests failed.", faults)
}
