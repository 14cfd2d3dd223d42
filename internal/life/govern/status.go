package govern

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Status is which revision decides, and what is proposed.
type Status struct {
	InForce   core.Activation
	MainAhead bool // main holds another commit than the one in force
	Warnings  []string
	Open      []core.GovernanceChange
}

// Status tells which revision decides.
func (s *Service) Status(ctx context.Context) (Status, error) {
	var out Status
	var err error
	if out.InForce, err = s.Store.Activation(ctx); err != nil {
		return out, err
	}
	rev := s.Shelf.Current()
	if out.InForce.Policy == "" {
		out.InForce.Policy = rev.Policy.Revision() // from before activations were kept
	}
	head, err := s.Forge.Head(ctx, Repo, "main")
	if err != nil {
		return out, err
	}
	out.MainAhead = head != out.InForce.Commit
	out.Warnings = []string{}
	for _, w := range rev.Warnings {
		out.Warnings = append(out.Warnings, w.Error())
	}
	ends, err := rev.CheckExemptions(s.Clock.Now())
	if err != nil {
		out.Warnings = append(out.Warnings, core.AsError(err).Error())
	}
	for _, w := range ends {
		if text := w.Error(); !slices.Contains(out.Warnings, text) {
			out.Warnings = append(out.Warnings, text)
		}
	}
	all, err := s.Store.GovernanceChanges(ctx)
	for _, c := range all {
		if c.State == core.ChangeOpen {
			out.Open = append(out.Open, c)
		}
	}
	return out, err
}

// History lists the revisions that were in force, newest first.
func (s *Service) History(ctx context.Context) ([]core.Activation, error) {
	return s.Store.Activations(ctx)
}

// Change returns a change by number. Errors: NotFound.
func (s *Service) Change(ctx context.Context, number int) (core.GovernanceChange, error) {
	return s.Store.GovernanceChange(ctx, number)
}
