package govern

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Screen judges a push to main before it is kept: it returns why it may not be, no
// lines if it may. A revision with faults, and one that the gate does not let pass
// at once, never reaches main.
func (s *Service) Screen(ctx context.Context, who core.Person, by core.Actor, tree fs.FS, commit string) ([]string, error) {
	if err := authz.Can(who, authz.GovernancePublish, nil); err != nil {
		return []string{core.AsError(err).Error()}, nil
	}
	l, err := s.look(ctx, tree, commit)
	if err != nil {
		return nil, err
	}
	lines := l.report.Lines()
	if !l.report.OK {
		return append(lines, "The revision in force has not changed."), s.refused(ctx, by, commit, string(core.Invalid))
	}
	l.report.What.Direct = true
	c, err := s.Store.GovernanceChangeAt(ctx, commit)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return nil, err
	}
	q := s.question(who, by, c, l)
	d, err := s.Gates.Preview(ctx, q)
	if err != nil {
		return nil, err
	}
	switch d.Result {
	case core.Allow:
		return nil, nil
	case core.Deny:
		for _, r := range d.Verdicts.Deny {
			lines = append(lines, "The rules do not allow it: "+r.Message+" "+r.Fix)
		}
		return append(lines, "", "The revision in force has not changed."), s.refused(ctx, by, commit, string(core.Denied))
	}
	standing, ok, err := s.Gates.Approvals.Standing(ctx, q.Gate, q.AppID, q.Digest)
	if err != nil || ok && standing.State == core.ApprovalGranted {
		return nil, err
	}
	for _, n := range d.Verdicts.Approve {
		lines = append(lines, fmt.Sprintf("It needs a yes of %s: %s", n.Role, n.Reason))
	}
	return append(lines, "", "Nothing is pushed to main before that. Push a branch instead, and publish it:",
		"  git push origin HEAD:refs/heads/my-rules", "  paddock governance publish"), s.refused(ctx, by, commit, string(core.Pending))
}

func (s *Service) refused(ctx context.Context, by core.Actor, commit, code string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		return s.Audit.Append(ctx, core.Event{Action: "governance.refuse", Actor: by, Gate: core.GatePolicyPublish, Target: commit, Code: code})
	})
}

// Main puts in force what was pushed to main, and says what it did.
func (s *Service) Main(ctx context.Context, who core.Person, by core.Actor, commit string) ([]string, error) {
	c, err := s.Store.GovernanceChangeAt(ctx, commit)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return nil, err
	}
	out, err := s.publish(ctx, who, by, c, commit, c.Number == 0)
	switch core.CodeOf(err) {
	case "":
		return out.Lines(), nil
	case core.Pending: // it came past Screen: what was imported waits as a change
		if c.Number == 0 {
			if c, err = s.keep(ctx, who, by, "main", commit, out.Report); err != nil {
				return nil, err
			}
		}
		return []string{"", "This waits for approval. The revision in force has not changed.", fmt.Sprintf("When everybody has answered: paddock governance publish %d", c.Number)}, nil
	case core.Denied, core.Invalid, core.Conflict:
		lines := append([]string{""}, strings.Split(core.AsError(err).Error(), "\n")...)
		return append(lines, "The revision in force has not changed."), nil
	}
	return nil, err
}

// Branch opens a change for a pushed branch, or moves the open one, and says what
// checking it has said.
func (s *Service) Branch(ctx context.Context, who core.Person, by core.Actor, branch, head string) ([]string, error) {
	tree, err := s.Forge.Tree(ctx, Repo, head)
	if err != nil {
		return nil, err
	}
	l, err := s.look(ctx, tree, head)
	if err != nil {
		return nil, err
	}
	c, err := s.keep(ctx, who, by, branch, head, l.report)
	if err != nil {
		return nil, err
	}
	lines := append([]string{"", fmt.Sprintf("Governance change %d (%s):", c.Number, branch)}, l.report.Lines()...)
	if l.report.OK {
		return append(lines, "", fmt.Sprintf("To put it in force: paddock governance publish %d", c.Number), ""), nil
	}
	return append(lines, "", "Correct it and push the branch again.", ""), nil
}

// keep writes the change and its report, with their event.
func (s *Service) keep(ctx context.Context, who core.Person, by core.Actor, branch, head string, r Report) (core.GovernanceChange, error) {
	body, err := encoded(r)
	if err != nil {
		return core.GovernanceChange{}, err
	}
	var c core.GovernanceChange
	return c, s.Store.InTx(ctx, func(ctx context.Context) error {
		now := s.Clock.Now()
		action := "governance.update"
		var err error
		c, err = s.Store.OpenGovernanceChange(ctx, branch)
		switch {
		case core.CodeOf(err) == core.NotFound:
			action = "governance.open"
			c, err = s.Store.AddGovernanceChange(ctx, core.GovernanceChange{ID: s.IDs.New(now), Branch: branch, Head: head, Author: who.ID, Report: body, Created: core.Stamp(now)})
		case err == nil:
			c.Head, c.Author, c.Report, c.Updated = head, who.ID, body, core.Stamp(now)
			err = s.Store.MoveGovernanceChange(ctx, c)
		}
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: action, Actor: by, Gate: core.GatePolicyPublish, Target: head, Code: "ok",
			Data: map[string]string{"change": fmt.Sprint(c.Number), "branch": branch, "ok": fmt.Sprint(r.OK), "faults": fmt.Sprint(len(r.Faults))}})
	})
}

// Gone closes the open change of a branch that was deleted.
func (s *Service) Gone(ctx context.Context, by core.Actor, branch string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		c, err := s.Store.OpenGovernanceChange(ctx, branch)
		if core.CodeOf(err) == core.NotFound {
			return nil
		}
		if err == nil {
			err = s.Store.EndGovernanceChange(ctx, c, core.ChangeClosed, core.Stamp(s.Clock.Now()))
		}
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "governance.close", Actor: by, Gate: core.GatePolicyPublish, Target: c.Head, Code: "ok",
			Data: map[string]string{"change": fmt.Sprint(c.Number), "branch": branch}})
	})
}
