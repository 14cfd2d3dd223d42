package govern

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Outcome is what a publication or a rollback has done.
type Outcome struct {
	Activation core.Activation
	Report     Report
	Former     string // commit that was in force before
}

// Publish puts an open change in force, if the gate policy.publish lets it.
// Errors: NotFound, Conflict when the change is not open or main has moved on,
// Invalid with every fault, Denied and Pending from the gate.
func (s *Service) Publish(ctx context.Context, who core.Person, by core.Actor, number int) (Outcome, error) {
	c, err := s.Store.GovernanceChange(ctx, number)
	if err != nil {
		return Outcome{}, err
	}
	if c.State != core.ChangeOpen {
		return Outcome{}, core.Errorf(core.Conflict, "Governance change %d is %s.", number, c.State).Hinted("Push a branch to open another.")
	}
	ahead, err := s.Forge.UpToDate(ctx, Repo, "main", c.Head)
	if err != nil {
		return Outcome{}, err
	}
	if !ahead {
		return Outcome{}, core.Errorf(core.Conflict, "Main has moved on since governance change %d was pushed.", number).
			Hinted("Rebase the branch %s on main, and push it again.", c.Branch)
	}
	return s.publish(ctx, who, by, c, c.Head, false)
}

// publish looks at a commit once more and passes the gate. c is the zero value
// if no change is behind it.
func (s *Service) publish(ctx context.Context, who core.Person, by core.Actor, c core.GovernanceChange, commit string, direct bool) (Outcome, error) {
	tree, err := s.Forge.Tree(ctx, Repo, commit)
	if err != nil {
		return Outcome{}, err
	}
	l, err := s.look(ctx, tree, commit)
	if err != nil {
		return Outcome{Report: l.report}, err
	}
	if !l.report.OK {
		return Outcome{Report: l.report}, l.report.err()
	}
	a := core.Activation{Commit: commit, Policy: l.rev.Policy.Revision(), Halted: l.report.What.Rules.Halted, How: core.ByPublish, Change: c.Number, By: who.ID}
	l.report.What.Direct = direct
	return s.pass(ctx, who, by, c, l, a)
}

func (r Report) err() error {
	var problems []*core.Error
	for _, f := range r.Faults {
		problems = append(problems, core.Errorf(core.Invalid, "%s", f))
	}
	return core.Join(core.Invalid, "This revision has faults:", problems)
}

// question is what the gate is asked.
func (s *Service) question(who core.Person, by core.Actor, c core.GovernanceChange, l looked) gate.Question {
	what := l.report.What
	subject := "Governance revision " + short(what.Commit)
	switch {
	case what.Kind == core.ByRollback:
		subject = "Rollback of the rules to " + short(what.Commit)
	case c.Number > 0:
		subject = fmt.Sprintf("Governance change %d (%s)", c.Number, c.Branch)
	}
	excluded := []core.ID{}
	if c.Author != "" {
		excluded = append(excluded, c.Author)
	}
	return gate.Question{Gate: core.GatePolicyPublish, Digest: what.Commit, Subject: subject, Link: s.Link, Actor: by, Asker: who.ID, Excluded: excluded,
		Input: policy.Input{Actor: policy.Actor{Email: who.Email, Kind: string(by.Kind), Roles: who.Roles}, Org: s.Shelf.Current().Settings.Facts(), Publish: what}}
}

// pass asks the gate and, if it allows, puts the revision in force: everything
// that says so commits together, and only then it is taken into memory.
func (s *Service) pass(ctx context.Context, who core.Person, by core.Actor, c core.GovernanceChange, l looked, a core.Activation) (Outcome, error) {
	former := s.Shelf.Current()
	s.point("before")
	commits, err := s.Forge.Commits(ctx, Repo, "main", a.Commit)
	if err != nil {
		return Outcome{Report: l.report}, err
	}
	q := s.question(who, by, c, l)
	q.Authors = core.Authors(commits)
	_, err = s.Gates.Pass(ctx, q, func(ctx context.Context, d core.Decision) error {
		newest, err := s.Store.Activation(ctx)
		if err != nil {
			return err
		}
		if in, err := s.Store.Setting(ctx, Setting); err != nil || in != former.ID {
			if err == nil {
				err = core.Errorf(core.Conflict, "Another revision was put in force meanwhile.").Hinted("Look at what it says, and try again.")
			}
			return err
		}
		a.Number, a.Decision, a.At = newest.Number+1, d.ID, d.At
		if err := s.Store.AddActivation(ctx, a); err != nil {
			return err
		}
		if err := s.Store.PutSetting(ctx, Setting, a.Commit); err != nil {
			return err
		}
		if c.Number > 0 {
			if err := s.Store.EndGovernanceChange(ctx, c, core.ChangeMerged, d.At); err != nil {
				return err
			}
		}
		err = s.record(ctx, by, a, former, l.report.What)
		s.point("inside")
		return err
	})
	if err != nil {
		return Outcome{Report: l.report}, err
	}
	s.point("recorded")
	s.Shelf.Take(ctx, l.rev, a)
	s.point("taken")
	if _, err := s.Forge.Advance(ctx, Repo, "main", a.Commit); err != nil && core.CodeOf(err) != core.Conflict {
		return Outcome{}, err
	}
	s.point("after")
	return Outcome{Activation: a, Report: l.report, Former: former.ID}, nil
}

// record writes the events of an activation: one for itself, and one for each
// rule and exemption that it changes.
func (s *Service) record(ctx context.Context, by core.Actor, a core.Activation, former *catalog.Revision, what policy.Publish) error {
	data := map[string]string{"activation": fmt.Sprint(a.Number), "policy": a.Policy, "former": former.ID, "former_policy": former.Policy.Revision(), "decision": string(a.Decision),
		"halted": strings.Join(a.Halted, " "), "newly_blocked": fmt.Sprint(what.Preview.NewlyBlocked)}
	action := "governance.activate"
	if a.How == core.ByRollback {
		action, data["restores"] = "governance.rollback", fmt.Sprint(a.Restores)
	} else {
		data["change"] = fmt.Sprint(a.Change)
	}
	if err := s.event(ctx, action, by, a.Commit, data); err != nil {
		return err
	}
	apps := map[string]int{}
	for _, b := range what.Preview.BlockedBy {
		apps[b.Rule] = b.Apps
	}
	for _, change := range what.Rules.Stages {
		if err := s.event(ctx, "rule.stage", by, change.Rule, map[string]string{"from": change.From, "to": change.To, "revision": a.Commit}); err != nil {
			return err
		}
	}
	for _, rule := range a.Halted {
		if err := s.event(ctx, "rule.halt", by, rule, map[string]string{"newly_blocked": fmt.Sprint(apps[rule]), "revision": a.Commit}); err != nil {
			return err
		}
	}
	for _, e := range what.Exemptions.Added {
		if err := s.event(ctx, "exemption.add", by, e.Key(), exemptionData(e, a.Commit)); err != nil {
			return err
		}
	}
	for _, e := range what.Exemptions.Removed {
		if err := s.event(ctx, "exemption.remove", by, e.Key(), exemptionData(e, a.Commit)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) event(ctx context.Context, action string, by core.Actor, target string, data map[string]string) error {
	return s.Audit.Append(ctx, core.Event{Action: action, Actor: by, Gate: core.GatePolicyPublish, Target: target, Code: "ok", Data: data})
}

func exemptionData(e policy.Exemption, revision string) map[string]string {
	return map[string]string{"approver": e.Approver, "expires": e.Expires, "ticket": e.Ticket, "revision": revision}
}

func short(commit string) string {
	if len(commit) > 10 {
		return commit[:10]
	}
	return commit
}

func encoded(r Report) ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, core.Hidden("Keeping the report of a governance change", err)
	}
	return b, nil
}
