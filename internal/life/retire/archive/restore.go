package archive

import (
	"context"

	"github.com/paddock-dev/paddock/internal/core"
)

// Restore brings an archived app back: its repository, its address with the
// artifact that ran last, and its data. Errors: Conflict when it is not
// archived; Denied or Pending when the deploy gate says so, and then the app is
// active but not deployed.
func (s *Service) Restore(ctx context.Context, who core.Person, actor core.Actor, a core.App) error {
	if a.State != core.AppArchived {
		return core.Errorf(core.Conflict, "App %q is %s, not archived.", a.Name, a.State)
	}
	if err := s.Forge.Unfreeze(ctx, a.Name); err != nil {
		return err
	}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.MoveApp(ctx, a, core.AppActive, 0, 0); err != nil {
			return err
		}
		if err := s.Store.TouchApp(ctx, a.ID, core.Stamp(s.Clock.Now())); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "app.restore", Actor: actor, AppID: a.ID, Target: a.Name, Code: "ok"})
	})
	if err != nil {
		return err
	}
	last, err := s.Store.LastDeployment(ctx, a.ID)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if a, err = s.Store.App(ctx, a.ID); err != nil {
		return err
	}
	_, err = s.Deploy.Deploy(ctx, who, actor, a, last.Artifact, last.Target)
	return err
}
