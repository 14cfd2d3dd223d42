package desk

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// Change shows a change with its checklist.
func (d *Desk) Change(ctx context.Context, who core.Person, app string, number int) (view.Change, error) {
	a, err := d.app(ctx, who, app, authz.AppRead)
	if err != nil {
		return view.Change{}, err
	}
	c, err := d.Store.Change(ctx, a.ID, number)
	if err != nil {
		return view.Change{}, err
	}
	v := view.Change{ChangeRow: d.changeRow(ctx, a, c), App: a.Name, Branch: c.Branch, Head: c.Head, Merge: c.MergeCommit, CanMerge: d.can(ctx, who, authz.ChangeMerge, a),
		Checks: []core.CheckResult{}, Findings: []core.Finding{}, Files: []view.ChangedFile{}, Why: []core.Reason{}}
	if r, at, err := d.Store.Report(ctx, a.ID, c.Head); err == nil {
		v.Checks, v.Findings, v.SetAside, v.CheckedAt, v.Policy = r.Checks, r.Findings, r.SetAside, moment(at), r.PolicyRevision
	}
	d.files(ctx, a, c, &v)
	if err := d.approvalOf(ctx, who, a, c, &v); err != nil {
		return v, err
	}
	if c.State == core.ChangeOpen {
		d.readiness(ctx, who, a, c, &v)
	}
	return v, nil
}

// files lists what a change changes. A change whose branch is gone lists none.
func (d *Desk) files(ctx context.Context, a core.App, c core.Change, v *view.Change) {
	files, err := d.Forge.ChangedFiles(ctx, a.Name, c.Base, c.Head)
	if err != nil {
		return
	}
	for _, f := range files {
		status := f.Status
		if status == "changed" {
			status = "modified"
		}
		v.Files = append(v.Files, view.ChangedFile{Path: f.Path, Status: status, Added: f.Added, Removed: f.Removed})
	}
}

func (d *Desk) approvalOf(ctx context.Context, who core.Person, a core.App, c core.Change, v *view.Change) error {
	req, ok, err := d.Store.RequestFor(ctx, core.GateChangeMerge, a.ID, c.Head)
	if err != nil || !ok {
		return err
	}
	m, err := d.Parts.Approvals.Matter(ctx, req)
	if err != nil {
		return err
	}
	av := d.approvalView(ctx, who, a.Name, m)
	v.Approval = &av
	return nil
}

// readiness says whether the merge gate would let the change pass now.
func (d *Desk) readiness(ctx context.Context, who core.Person, a core.App, c core.Change, v *view.Change) {
	if v.Verdict == "" {
		v.Why = append(v.Why, core.Reason{Code: "checking", Message: "The checks are still running.", Fix: "Wait a moment and load this page again."})
		return
	}
	if v.Verdict == core.Blocks {
		v.Why = append(v.Why, unfit(*v))
		return
	}
	dec, err := d.Changes.MayMerge(ctx, who, actor(ctx, who), a, c)
	if err != nil {
		e := core.AsError(err)
		v.Why = append(v.Why, core.Reason{Code: string(e.Code), Message: e.Msg, Fix: e.Hint})
		return
	}
	switch dec.Result {
	case core.Allow:
		v.Ready = true
	case core.Waiting:
		if v.Approval != nil && v.Approval.State == core.ApprovalGranted {
			v.Ready = true
			return
		}
		for _, n := range dec.Verdicts.Approve {
			v.Why = append(v.Why, core.Reason{Code: "approval_needed", Message: "Waits for the role " + string(n.Role) + ".", Fix: n.Reason})
		}
	default:
		v.Why = append(v.Why, dec.Verdicts.Deny...)
	}
}

// unfit says in one sentence what the checks want.
func unfit(v view.Change) core.Reason {
	blocking := 0
	for _, f := range v.Findings {
		if f.Blocking {
			blocking++
		}
	}
	if blocking == 1 {
		return core.Reason{Code: "finding", Message: "One finding must be mended.", Fix: "Follow its steps below and push again."}
	}
	return core.Reason{Code: "findings", Message: fmt.Sprintf("%d findings must be mended.", blocking), Fix: "Follow the steps below and push again."}
}

// Merge merges a change if its head is still the commit the caller saw.
func (d *Desk) Merge(ctx context.Context, who core.Person, app string, number int, head string) error {
	a, err := d.app(ctx, who, app, authz.ChangeMerge)
	if err != nil {
		return err
	}
	return d.Changes.Merge(ctx, who, actor(ctx, who), a, number, head)
}
