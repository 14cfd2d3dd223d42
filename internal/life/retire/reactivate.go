package retire

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Reactivate takes an app out of the retirement queue because by, who may do
// it, says that it is still wanted; its idle time starts again. Errors:
// NotFound, Conflict when the app is not in the queue.
func (r *Retirer) Reactivate(ctx context.Context, id core.ID, by core.Actor) error {
	return r.Store.InTx(ctx, func(ctx context.Context) error {
		a, err := r.Store.App(ctx, id)
		if err != nil {
			return err
		}
		if a.State != core.AppIdle {
			return core.Errorf(core.Conflict, "The app %q is %s, not in the retirement queue.", a.Name, a.State).Hinted("%s", instead(a.State))
		}
		if err := r.Store.MoveApp(ctx, a, core.AppActive, 0, a.Archived); err != nil {
			return err
		}
		if err := r.Activity.Touch(ctx, a.ID, r.rules.Source); err != nil {
			return err
		}
		return r.Audit.Append(ctx, core.Event{Action: "app.reactivate", Actor: by, AppID: a.ID, Target: a.Name, Code: "ok"})
	})
}

// Wanted starts an app's idle time again, in the caller's transaction. Restoring
// an app from the archive calls it, else the next sweep would queue the app.
func (r *Retirer) Wanted(ctx context.Context, id core.ID) error {
	return r.Activity.Touch(ctx, id, r.rules.Source)
}

// ArchivesAt returns the earliest moment at which an app in the queue will be
// archived if nobody uses it and its source stays readable; 0 if it is not in
// the queue or nothing is known of its use.
func (r *Retirer) ArchivesAt(ctx context.Context, a core.App) (int64, error) {
	if a.State != core.AppIdle {
		return 0, nil
	}
	idle, known, err := r.Activity.Idle(ctx, a.ID, r.rules.Source)
	if err != nil || !known {
		return 0, err
	}
	left := max(r.rules.ArchiveAfter-idle, 0)
	return max(r.now()+left.Microseconds(), a.IdleSince+r.rules.Notice.Microseconds()), nil
}

func instead(s core.AppState) string {
	switch s {
	case core.AppActive:
		return "There is nothing to do."
	case core.AppArchived:
		return "Restore it instead."
	default:
		return "Open the app's page to see what can be done."
	}
}
