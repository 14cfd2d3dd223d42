package approval

import (
	"context"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
)

// Standing returns the newest request for a gate, app and digest, with the
// state it is in at this moment; ok is false when nobody ever asked. Only a
// State of granted lets an act pass, and only if the request Covers its needs.
func (a *Approvals) Standing(ctx context.Context, gate core.Gate, app core.ID, digest string) (r core.ApprovalRequest, ok bool, err error) {
	r, ok, err = a.store.RequestFor(ctx, gate, app, digest)
	r.State = a.state(r)
	return r, ok && err == nil, err
}

// Request returns one request with the state it is in at this moment. Errors: NotFound.
func (a *Approvals) Request(ctx context.Context, id core.ID) (core.ApprovalRequest, error) {
	r, err := a.store.Request(ctx, id)
	r.State = a.state(r)
	return r, err
}

// Void ends the open requests of an app at a gate, in the caller's transaction,
// except those for one digest: a push has changed what they were about.
func (a *Approvals) Void(ctx context.Context, by core.Actor, app core.ID, gate core.Gate, exceptDigest string) error {
	return a.store.InTx(ctx, func(ctx context.Context) error {
		open, err := a.store.OpenRequests(ctx, app, gate)
		if err != nil {
			return err
		}
		for _, r := range open {
			if r.Digest == exceptDigest {
				continue
			}
			if err := a.store.MoveRequest(ctx, r.ID, r.State, core.ApprovalVoided); err != nil {
				return err
			}
			if err := a.record(ctx, "approval.void", by, r, "ok", nil); err != nil {
				return err
			}
		}
		return nil
	})
}

// state is the state of r at this moment. Time ends pending and granted
// requests; a grant that its answers do not bear out counts as pending, so a
// damaged record never opens a gate.
func (a *Approvals) state(r core.ApprovalRequest) core.ApprovalState {
	alive := r.State == core.ApprovalPending || r.State == core.ApprovalGranted
	switch {
	case alive && a.now() >= r.Expires:
		return core.ApprovalExpired
	case r.State == core.ApprovalGranted && !borneOut(r):
		return core.ApprovalPending
	}
	return r.State
}

// borneOut reports whether every need of r has a yes, to r's digest, from
// somebody who may give it.
func borneOut(r core.ApprovalRequest) bool {
	for _, x := range r.Approvals {
		if !x.Yes || x.Digest != r.Digest || x.Approver == "" || x.Approver == r.Requester || slices.Contains(r.Excluded, x.Approver) {
			return false
		}
	}
	return len(r.Needs) > 0 && len(openNeeds(r)) == 0
}
