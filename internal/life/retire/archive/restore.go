package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

// RestoreSaga is the kind of saga that does what restoring needs beyond the
// app's state.
const RestoreSaga = "restore"

// Restore brings an archived app back: its repository, its address with the
// artifact that ran last, and its data. It may be repeated, as Archive may.
// Errors: Conflict when it is not archived, or is being archived at this moment;
// Denied or Pending when the deploy gate says so, and then the app is active but
// not deployed.
func (s *Service) Restore(ctx context.Context, who core.Person, actor core.Actor, a core.App) error {
	if a.State != core.AppArchived {
		return s.notArchived(ctx, a, actor)
	}
	var saga core.Saga
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.MoveApp(ctx, a, core.AppActive, 0, 0); err != nil {
			return err
		}
		if err := s.Store.TouchApp(ctx, a.ID, core.Stamp(s.Clock.Now())); err != nil {
			return err
		}
		var err error
		if saga, err = s.Sagas.Start(ctx, RestoreSaga, fmt.Sprintf("%s@%d", a.ID, a.Version), a.ID, restoring{}, actor); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "app.restore", Actor: actor, AppID: a.ID, Target: a.Name, Code: "ok"})
	})
	if err != nil {
		return err
	}
	return s.restored(ctx, saga)
}

// RestoreKind returns the steps that follow once an app is active again.
func (s *Service) RestoreKind() job.Kind {
	return job.Kind{Name: RestoreSaga, Failed: s.notRestored, Steps: []job.Step{
		{Name: "repository", Do: s.unfreeze},
		{Name: "deployment", Do: s.deployAgain},
	}}
}

func (s *Service) unfreeze(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil || a.State == core.AppArchived { // archived again since
		return nil, err
	}
	return nil, s.Forge.Unfreeze(ctx, a.Name)
}

// deployAgain deploys what ran last. A deployment that is under way after a
// crash goes on by itself, and what the gate refuses stays off.
func (s *Service) deployAgain(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil || a.State == core.AppArchived {
		return nil, err
	}
	last, err := s.Store.LastDeployment(ctx, a.ID)
	if core.CodeOf(err) == core.NotFound {
		return nil, nil
	}
	if err != nil || last.State == core.DeployLive {
		return nil, err
	}
	all, err := s.Store.Deployments(ctx, a.ID)
	if err != nil || slices.ContainsFunc(all, func(d core.Deployment) bool { return d.State == core.DeployStarting }) {
		return nil, err
	}
	who, err := s.People.Person(ctx, g.Actor.ID)
	if err != nil {
		return nil, err
	}
	_, err = s.Deploy.Deploy(ctx, who, g.Actor, a, last.Artifact, last.Target)
	if err != nil && !passing(err) {
		g.Data, err = json.Marshal(restoring{Refusal: refused(core.AsError(err))})
	}
	return nil, err
}

// passing reports whether a failure to deploy may go away by itself.
func passing(err error) bool {
	code := core.CodeOf(err)
	return code == core.Internal || code == core.Unavailable || code == core.RateLimited || code == ""
}

func (s *Service) notRestored(_ context.Context, g *core.Saga, cause *core.Error) (*core.Event, error) {
	e := event(g, "app.restore")
	e.Code, e.Data = string(cause.Code), map[string]string{"problem": cause.Msg}
	return e, nil
}
