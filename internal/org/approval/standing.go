package approval

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Standing returns the newest request for a gate, app and digest, with the
// state it is in at this moment; ok is false when nobody ever asked. Only a
// State of granted lets an act pass, and only if the request Covers its needs.
func (a *Approvals) Standing(ctx context.Context, gate core.Gate, app core.ID, digest string) (r core.ApprovalRequest, ok bool, err error) {
	r, ok, err = a.store.RequestFor(ctx, gate, app, digest)
	if err != nil || !ok {
		return r, false, err
	}
	r.State, err = a.state(ctx, r)
	return r, err == nil, err
}

// Request returns one request with the state it is in at this moment. Errors: NotFound.
func (a *Approvals) Request(ctx context.Context, id core.ID) (core.ApprovalRequest, error) {
	r, err := a.store.Request(ctx, id)
	if err != nil {
		return r, err
	}
	r.State, err = a.state(ctx, r)
	return r, err
}

// state is Matter.State, which looks at the people only for a grant.
func (a *Approvals) state(ctx context.Context, r core.ApprovalRequest) (core.ApprovalState, error) {
	if r.State != core.ApprovalGranted {
		return (&Matter{Look: &Look{now: a.now()}, Req: r}).State(), nil
	}
	m, err := a.Matter(ctx, r)
	if err != nil {
		return core.ApprovalPending, err
	}
	return m.State(), nil
}

// Matter looks at one request alone, which must be as the store has it.
func (a *Approvals) Matter(ctx context.Context, r core.ApprovalRequest) (*Matter, error) {
	l, err := a.Look(ctx)
	if err != nil {
		return nil, err
	}
	return l.Matter(ctx, r)
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
