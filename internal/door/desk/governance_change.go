package desk

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/life/govern"
)

// Governance tells which revision of the rules decides, and what is proposed.
func (d *Desk) Governance(ctx context.Context, who core.Person) (view.Governance, error) {
	if err := authz.Can(who, authz.GovernanceRead, nil); err != nil {
		return view.Governance{}, err
	}
	s, err := d.Govern.Status(ctx)
	if err != nil {
		return view.Governance{}, err
	}
	out := view.Governance{InForce: d.activation(ctx, s.InForce), MainAhead: s.MainAhead, Warnings: s.Warnings, Open: []view.GovernanceChange{}}
	for _, c := range s.Open {
		v := d.governanceChange(ctx, c)
		v.Says = nil
		out.Open = append(out.Open, v)
	}
	return out, nil
}

// GovernanceHistory lists the revisions that were in force, newest first.
func (d *Desk) GovernanceHistory(ctx context.Context, who core.Person) ([]view.Activation, error) {
	if err := authz.Can(who, authz.GovernanceRead, nil); err != nil {
		return nil, err
	}
	all, err := d.Govern.History(ctx)
	out := []view.Activation{}
	for _, a := range all {
		out = append(out, d.activation(ctx, a))
	}
	return out, err
}

// GovernanceChange shows one change with its report.
func (d *Desk) GovernanceChange(ctx context.Context, who core.Person, number int) (view.GovernanceChange, error) {
	if err := authz.Can(who, authz.GovernanceRead, nil); err != nil {
		return view.GovernanceChange{}, err
	}
	c, err := d.Govern.Change(ctx, number)
	if err != nil {
		return view.GovernanceChange{}, err
	}
	return d.governanceChange(ctx, c), nil
}

// PublishGovernance puts a change in force. Errors: those of govern.Publish.
func (d *Desk) PublishGovernance(ctx context.Context, who core.Person, number int) (view.Published, error) {
	if err := authz.Can(who, authz.GovernancePublish, nil); err != nil {
		return view.Published{}, err
	}
	return d.published(ctx)(d.Govern.Publish(ctx, who, actor(ctx, who), number))
}

// RollbackGovernance puts a former revision in force again. Errors: those of
// govern.Rollback.
func (d *Desk) RollbackGovernance(ctx context.Context, who core.Person, to string) (view.Published, error) {
	if err := authz.Can(who, authz.GovernancePublish, nil); err != nil {
		return view.Published{}, err
	}
	return d.published(ctx)(d.Govern.Rollback(ctx, who, actor(ctx, who), to))
}

func (d *Desk) published(ctx context.Context) func(o govern.Outcome, err error) (view.Published, error) {
	return func(o govern.Outcome, err error) (view.Published, error) {
		if err != nil {
			return view.Published{}, err
		}
		return view.Published{InForce: d.activation(ctx, o.Activation), Former: o.Former, Says: o.Lines()}, nil
	}
}

func (d *Desk) activation(ctx context.Context, a core.Activation) view.Activation {
	return view.Activation{Number: a.Number, Commit: a.Commit, Policy: a.Policy, Halted: append([]string{}, a.Halted...), How: a.How, Restores: a.Restores, Change: a.Change,
		Decision: a.Decision, By: d.email(ctx, a.By), At: moment(a.At)}
}

func (d *Desk) governanceChange(ctx context.Context, c core.GovernanceChange) view.GovernanceChange {
	v := view.GovernanceChange{Number: c.Number, Branch: c.Branch, Head: c.Head, State: c.State, Author: d.email(ctx, c.Author), Updated: moment(c.Updated)}
	var r govern.Report
	if err := json.Unmarshal(c.Report, &r); err == nil {
		v.OK = r.OK
		for _, line := range r.Lines() {
			v.Says = append(v.Says, strings.TrimPrefix(line, "  "))
		}
	}
	return v
}
