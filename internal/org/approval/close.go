package approval

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Close ends a request that nobody has to answer any longer, because who asked
// took it back. It does nothing to one that is over. Errors: NotFound.
func (a *Approvals) Close(ctx context.Context, by core.Actor, id core.ID) error {
	return a.store.InTx(ctx, func(ctx context.Context) error {
		r, err := a.store.Request(ctx, id)
		if err != nil || r.State != core.ApprovalPending && r.State != core.ApprovalGranted {
			return err
		}
		if err := a.store.MoveRequest(ctx, id, r.State, core.ApprovalVoided); err != nil {
			return err
		}
		return a.record(ctx, "approval.void", by, r, "ok", nil)
	})
}
