package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddRequest keeps a pending request for approval.
func (d *DB) AddRequest(ctx context.Context, x core.ApprovalRequest) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Asking for approval", w.InsertApprovalRequest(ctx, gen.InsertApprovalRequestParams{ID: string(x.ID), Gate: string(x.Gate), AppID: string(x.AppID),
		Subject: x.Subject, Link: x.Link, Digest: x.Digest, Needs: text(x.Needs), Requester: string(x.Requester), Excluded: text(x.Excluded),
		Created: x.Created, Expires: x.Expires, Marks: text(x.Marks)}))
}

// Request returns a request with its answers. Errors: NotFound.
func (d *DB) Request(ctx context.Context, id core.ID) (core.ApprovalRequest, error) {
	row, err := d.r(ctx).GetApprovalRequest(ctx, string(id))
	if err != nil {
		return core.ApprovalRequest{}, found(err, "There is no request for approval with the id %q.", id)
	}
	return d.withAnswers(ctx, row)
}

// RequestFor returns the newest request for a gate, app and digest, in
// whatever state; ok is false when there is none.
func (d *DB) RequestFor(ctx context.Context, gate core.Gate, app core.ID, digest string) (req core.ApprovalRequest, ok bool, err error) {
	row, err := d.r(ctx).LatestApprovalRequest(ctx, gen.LatestApprovalRequestParams{Gate: string(gate), AppID: string(app), Digest: digest})
	if errors.Is(err, sql.ErrNoRows) {
		return req, false, nil
	}
	if err != nil {
		return req, false, broken("Looking for approvals", err)
	}
	req, err = d.withAnswers(ctx, row)
	return req, err == nil, err
}

// PendingRequests lists all pending requests, oldest first.
func (d *DB) PendingRequests(ctx context.Context) ([]core.ApprovalRequest, error) {
	rows, err := d.r(ctx).ListPendingApprovalRequests(ctx)
	return d.allWithAnswers(ctx, rows, err)
}

// RequestsOf lists all requests about an app, oldest first.
func (d *DB) RequestsOf(ctx context.Context, app core.ID) ([]core.ApprovalRequest, error) {
	rows, err := d.r(ctx).ListApprovalRequestsOfApp(ctx, string(app))
	return d.allWithAnswers(ctx, rows, err)
}

// OpenRequests lists the pending and granted requests of an app at a gate.
func (d *DB) OpenRequests(ctx context.Context, app core.ID, gate core.Gate) ([]core.ApprovalRequest, error) {
	rows, err := d.r(ctx).ListOpenRequestsAtGate(ctx, gen.ListOpenRequestsAtGateParams{AppID: string(app), Gate: string(gate)})
	return d.allWithAnswers(ctx, rows, err)
}

// MoveRequest changes a request's state. Errors: Conflict when it has moved meanwhile.
func (d *DB) MoveRequest(ctx context.Context, id core.ID, from, to core.ApprovalState) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.SetApprovalRequestState(ctx, gen.SetApprovalRequestStateParams{ID: string(id), State: string(from), State_2: string(to)})
	return changed(n, err, "Changing a request", core.Errorf(core.Conflict, "This request is no longer %s.", from).Hinted("Load the page again."))
}

// AddApproval keeps one answer. Errors: Conflict when the person has answered
// already.
func (d *DB) AddApproval(ctx context.Context, a core.Approval) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	old, err := w.ListApprovals(ctx, string(a.Request))
	if err != nil {
		return broken("Answering", err)
	}
	for _, o := range old {
		if o.Approver == string(a.Approver) {
			return core.Errorf(core.Conflict, "You have answered this request already.").Hinted("One person answers once. Another approver has to give the other answer.")
		}
	}
	return broken("Answering", w.InsertApproval(ctx, gen.InsertApprovalParams{ID: string(a.ID), RequestID: string(a.Request), Role: string(a.Role),
		Approver: string(a.Approver), Yes: a.Yes, Note: a.Note, Digest: a.Digest, At: a.At,
		ForPerson: string(a.For), Basis: string(a.Basis), AuthTime: a.AuthTime}))
}

func (d *DB) allWithAnswers(ctx context.Context, rows []gen.ApprovalRequest, err error) ([]core.ApprovalRequest, error) {
	if err != nil {
		return nil, broken("Listing requests", err)
	}
	out := make([]core.ApprovalRequest, 0, len(rows))
	for _, r := range rows {
		x, err := d.withAnswers(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func (d *DB) withAnswers(ctx context.Context, r gen.ApprovalRequest) (core.ApprovalRequest, error) {
	rows, err := d.r(ctx).ListApprovals(ctx, r.ID)
	answers, err := each(rows, err, func(a gen.Approval) core.Approval {
		return core.Approval{ID: core.ID(a.ID), Request: core.ID(a.RequestID), Role: core.Role(a.Role), Approver: core.ID(a.Approver), Yes: a.Yes, Note: a.Note, Digest: a.Digest, At: a.At,
			For: core.ID(a.ForPerson), Basis: core.Basis(a.Basis), AuthTime: a.AuthTime}
	}, "Listing answers")
	return core.ApprovalRequest{ID: core.ID(r.ID), Gate: core.Gate(r.Gate), AppID: core.ID(r.AppID), Subject: r.Subject, Link: r.Link, Digest: r.Digest,
		Needs: read[[]core.Need](r.Needs), Requester: core.ID(r.Requester), Excluded: read[[]core.ID](r.Excluded), State: core.ApprovalState(r.State),
		Created: r.Created, Expires: r.Expires, Approvals: answers, Marks: read[[]string](r.Marks)}, err
}
