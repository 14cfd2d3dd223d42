// Package unsaved checks files that are in no repository yet, for whoever writes
// them: an editor, or a copilot. Nothing of them is kept, and nothing is decided by
// it; the same checks run again at the push.
package unsaved

import (
	"context"
	"io"
	"io/fs"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/openvex"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/change"
	"github.com/paddock-dev/paddock/internal/life/check"
	"github.com/paddock-dev/paddock/internal/life/check/sent"
)

// Checks inspects a tree, in a process of its own.
type Checks interface {
	Run(ctx context.Context, in check.Input) (core.Report, error)
}

// Catalog is the governance revision in force.
type Catalog interface{ Current() *catalog.Revision }

// VEX is the statements about known holes that are in force.
type VEX interface {
	Current(ctx context.Context) (*openvex.Set, error)
}

// Training knows the courses a person has passed.
type Training interface {
	Valid(ctx context.Context, person core.ID) ([]string, error)
}

// Forge reads an app's main branch.
type Forge interface {
	Head(ctx context.Context, name, branch string) (string, error)
	Tree(ctx context.Context, name, commit string) (fs.FS, error)
}

// Service checks what is sent. All fields are required.
type Service struct {
	Checks   Checks
	Catalog  Catalog
	VEX      VEX
	Training Training
	Forge    Forge
	Clock    core.Clock
	Turns    *Turns
}

// Check checks files that somebody sent, by the rules in force, as a change of the
// app would be; without an app, as a new one's. The caller has checked the right to
// see the app. The files are forgotten. Errors: RateLimited, with the time to wait;
// those of sent.Read. Checks that come to no end are a report, which is incomplete.
func (s *Service) Check(ctx context.Context, who core.Person, app *core.App, mediaType string, body []byte) (core.Report, error) {
	done, err := s.Turns.Take(who.As("").ID)
	if err != nil {
		return core.Report{}, err
	}
	defer done()
	tree, err := sent.Read(mediaType, body)
	if err != nil {
		return core.Report{}, err
	}
	in, err := s.input(ctx, who, app, tree)
	if err != nil {
		return core.Report{}, err
	}
	return s.Checks.Run(ctx, in)
}

func (s *Service) input(ctx context.Context, who core.Person, app *core.App, tree fs.FS) (in check.Input, err error) {
	var a core.App
	var base fs.FS
	if app != nil {
		a = *app
		if base, err = s.main(ctx, a.Name); err != nil {
			return in, err
		}
	} else {
		a.Descriptor = described(tree)
	}
	courses, err := s.Training.Valid(ctx, who.ID)
	if err != nil {
		return in, err
	}
	vex, err := s.VEX.Current(ctx)
	if err != nil {
		return in, err
	}
	in = change.Input(s.Catalog.Current(), a, who, courses, s.Clock.Now(), "", tree, base)
	in.VEX, in.Scope.Subject = vex, core.SubjectSent
	return in, nil
}

// main is the app's main branch; nil if nothing is on it yet.
func (s *Service) main(ctx context.Context, name string) (fs.FS, error) {
	head, err := s.Forge.Head(ctx, name, change.Main)
	if core.CodeOf(err) == core.NotFound || err == nil && head == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.Forge.Tree(ctx, name, head)
}

// maxDescriptor bounds what is read of a microapp.yaml, in bytes.
const maxDescriptor = 1_000_000

// described is what files say of the app that they are; nothing if they say
// nothing that can be read.
func described(tree fs.FS) core.Descriptor {
	f, err := tree.Open(catalog.DescriptorFile)
	if err != nil {
		return core.Descriptor{}
	}
	defer func() { _ = f.Close() }() // opened for reading only
	b, err := io.ReadAll(io.LimitReader(f, maxDescriptor))
	if err != nil {
		return core.Descriptor{}
	}
	d, faults := change.Describe(b)
	if len(faults) > 0 {
		return core.Descriptor{}
	}
	return d
}
