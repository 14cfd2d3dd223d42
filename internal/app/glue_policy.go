package app

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/engine/policy/whatif"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/org/preview"
)

// rulebook gives the gates the policy in force.
type rulebook struct{ shelf *shelf }

// Rules implements gate.Policy.
func (b rulebook) Rules() gate.Rules { return b.shelf.Current().Policy }

// fleetPreview says what a revision would mean for the apps there are.
type fleetPreview struct {
	shelf *shelf
	preview.Previews
}

// Preview implements govern.Preview.
func (p fleetPreview) Preview(ctx context.Context, candidate *catalog.Revision) (*whatif.Report, error) {
	return p.Fleet(ctx, p.shelf.Current(), candidate)
}

// appFacts builds what the archive gate is asked.
type appFacts struct{ shelf *shelf }

// Facts implements archive.Facts.
func (f appFacts) Facts(who core.Person, a core.App) policy.Input {
	return f.shelf.Current().Input(who, nil, a.Descriptor)
}

// schooling knows the courses that a person has passed and that are valid.
type schooling struct {
	clock core.Clock
	certs interface {
		Certificates(ctx context.Context, person core.ID) (map[string]int64, error)
	}
}

// Valid implements the use cases' Training.
func (s schooling) Valid(ctx context.Context, person core.ID) ([]string, error) {
	all, err := s.certs.Certificates(ctx, person)
	out := []string{}
	now := core.Stamp(s.clock.Now())
	for course, until := range all {
		if until == 0 || until > now {
			out = append(out, course)
		}
	}
	slices.Sort(out)
	return out, err
}

var _ interface{ Current() *catalog.Revision } = (*shelf)(nil)
