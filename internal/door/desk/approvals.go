package desk

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/approval"
)

// GrantedTask is the task that goes on with what an approval has let pass, or
// ends what it has refused.
const GrantedTask = "granted"

// Approvals lists requests that wait, first those the caller may answer. People
// who may not read them all see their own.
func (d *Desk) Approvals(ctx context.Context, who core.Person) ([]view.Approval, error) {
	reqs, err := d.Store.PendingRequests(ctx)
	if err != nil {
		return nil, err
	}
	look, err := d.Parts.Approvals.Look(ctx)
	if err != nil {
		return nil, err
	}
	out := []view.Approval{}
	for _, r := range reqs {
		if !authz.Reaches(who, r.AppID) {
			continue
		}
		a, err := d.Store.App(ctx, r.AppID)
		if err != nil && core.CodeOf(err) != core.NotFound {
			return nil, err
		}
		m, err := look.Matter(ctx, r)
		if err != nil {
			return nil, err
		}
		v := d.approvalView(ctx, who, a.Name, m)
		if v.CanAnswer || r.Requester == who.ID || authz.Can(who, authz.AppRead, &a) == nil {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(x, y view.Approval) int {
		switch {
		case x.CanAnswer == y.CanAnswer:
			return 0
		case x.CanAnswer:
			return -1
		}
		return 1
	})
	return out, nil
}

// approvalView is a request of an app that who reaches.
func (d *Desk) approvalView(ctx context.Context, who core.Person, app string, m *approval.Matter) view.Approval {
	r := m.Req
	v := view.Approval{ID: r.ID, Gate: r.Gate, App: app, Subject: r.Subject, Link: r.Link, Digest: r.Digest, Requester: d.email(ctx, r.Requester), State: m.State(),
		Created: moment(r.Created), Expires: moment(r.Expires), Needs: []view.NeedState{}}
	for _, p := range m.Progress() {
		s := view.NeedState{Role: p.Need.Role, Reason: p.Need.Reason, Quorum: p.Need.Count(), Have: p.Have, Certification: p.Need.Certification, StepUp: p.Need.StepUp,
			Due: moment(p.Due), Overdue: p.Overdue, EscalateTo: p.Need.EscalateTo, Answers: []view.AnswerState{}}
		for _, a := range p.Answers {
			by := view.AnswerState{By: d.email(ctx, a.Approver), Yes: a.Yes, Note: a.Note, At: moment(a.At), For: d.email(ctx, a.For), Basis: a.Basis, Counts: a.Counts}
			s.By, s.Yes, s.Note, s.At = by.By, by.Yes, by.Note, by.At
			s.Answers = append(s.Answers, by)
		}
		v.Overdue = v.Overdue || s.Overdue
		v.Needs = append(v.Needs, s)
	}
	who.Only = nil // the caller has looked that an access token reaches the app; answering is not about it
	if err := m.CanAnswer(who); err != nil {
		v.WhyNot = core.AsError(err).Msg
	} else {
		v.CanAnswer, v.WhyYou = true, m.WhyYou(who)
	}
	return v
}

// Answer records a yes or no to exactly the digest that the caller saw; what the
// last yes lets pass goes on by itself, and what a no refuses ends.
func (d *Desk) Answer(ctx context.Context, who core.Person, request core.ID, yes bool, note, digest string) error {
	if len(who.Only) > 0 {
		r, err := d.Store.Request(ctx, request)
		if err == nil && !authz.Reaches(who, r.AppID) {
			err = noRequest(request)
		}
		if err != nil {
			return err
		}
	}
	return d.Store.InTx(ctx, func(ctx context.Context) error {
		req, err := d.Parts.Approvals.Answer(ctx, actor(ctx, who), request, digest, yes, note)
		if err != nil || req.State == core.ApprovalPending {
			return err
		}
		if req.Gate == core.GateAccessElevate { // now, whatever the queue does
			return d.Access.Settle(ctx, actor(ctx, who), req)
		}
		return d.Queue.Add(ctx, GrantedTask, req.ID)
	})
}

func noRequest(id core.ID) error {
	return core.Errorf(core.NotFound, "There is no request for approval with the id %q.", id)
}

// Granted goes on with what an approval has let pass, or ends what it has
// refused. It may be repeated.
func (d *Desk) Granted(ctx context.Context, id core.ID) error {
	req, err := d.Parts.Approvals.Request(ctx, id)
	if err != nil {
		return err
	}
	if req.Gate == core.GateAppDeploy {
		return d.Deploys.Settle(ctx, req)
	}
	if req.Gate != core.GateAppCreate {
		return nil
	}
	switch req.State {
	case core.ApprovalGranted:
		err = d.Provision.Continue(ctx, req.AppID, core.System("approval"))
	case core.ApprovalRefused:
		err = d.Provision.Refuse(ctx, req.AppID, core.System("approval"))
	}
	if code := core.CodeOf(err); code == core.Denied || code == core.Pending || code == core.Conflict {
		return nil // the rules have changed since; the app's page says so
	}
	return err
}
