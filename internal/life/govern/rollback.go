package govern

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Rollback puts a former revision in force again: the one before, or the one of a
// commit (at least 7 of its digits). It comes back as it was, halted rules and
// all. Errors: NotFound when there is none, Denied and Pending from the gate.
func (s *Service) Rollback(ctx context.Context, who core.Person, by core.Actor, to string) (Outcome, error) {
	all, err := s.Store.Activations(ctx)
	if err != nil {
		return Outcome{}, err
	}
	target, err := former(all, to)
	if err != nil {
		return Outcome{}, err
	}
	tree, err := s.Forge.Tree(ctx, Repo, target.Commit)
	if err != nil {
		return Outcome{}, err
	}
	rev, err := catalog.Load(ctx, tree, target.Commit)
	if err != nil {
		return Outcome{}, err
	}
	l := looked{commit: target.Commit, against: name(s.Shelf.Current()), rev: rev, at: s.Clock.Now(),
		report: Report{Commit: target.Commit, Against: s.Shelf.Current().ID, Faults: []string{}, Warnings: []string{}, Apps: []AppShift{}, At: core.Stamp(s.Clock.Now()),
			What: policy.Publish{Kind: core.ByRollback, Commit: target.Commit}}}
	if err := s.preview(ctx, &l); err != nil {
		return Outcome{}, err
	}
	l.rev = rev.Halt(target.Halted) // as it was, whatever it would block now
	if err := l.compare(s.Shelf.Current()); err != nil {
		return Outcome{}, err
	}
	a := core.Activation{Commit: target.Commit, Policy: l.rev.Policy.Revision(), Halted: target.Halted, How: core.ByRollback, Restores: target.Number, By: who.ID}
	return s.pass(ctx, who, by, core.GovernanceChange{}, l, a)
}

// former finds what to go back to. Going back twice goes back twice as far: what
// was rolled back is passed over. all is newest first.
func former(all []core.Activation, to string) (core.Activation, error) {
	none := core.Errorf(core.NotFound, "No former revision was in force.").Hinted("Look at paddock governance history.")
	if len(all) == 0 {
		return core.Activation{}, none
	}
	byNumber := map[int]core.Activation{}
	for _, a := range all {
		byNumber[a.Number] = a
	}
	if to != "" {
		for _, a := range all {
			if len(to) >= 7 && len(to) <= len(a.Commit) && a.Commit[:len(to)] == to {
				return a, nil
			}
		}
		return core.Activation{}, core.Errorf(core.NotFound, "The revision %.60q was never in force.", to).Hinted("Look at paddock governance history, and give at least 7 digits of a commit.")
	}
	at := all[0]
	for at.How == core.ByRollback {
		next, ok := byNumber[at.Restores]
		if !ok {
			return core.Activation{}, none
		}
		at = next
	}
	for _, a := range all {
		if a.Number < at.Number && a.Commit != at.Commit {
			for a.How == core.ByRollback {
				next, ok := byNumber[a.Restores]
				if !ok {
					return core.Activation{}, none
				}
				a = next
			}
			return a, nil
		}
	}
	return core.Activation{}, none
}
