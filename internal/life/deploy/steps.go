package deploy

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

// Saga is the kind of saga that deploys.
const Saga = "deploy"

// LeaseTime is how long an app's credential lives before it must be renewed.
const LeaseTime = time.Hour

type progress struct {
	Deployment core.ID `json:"deployment"`
}

// Kind returns the steps of a deployment.
func (s *Service) Kind() job.Kind {
	return job.Kind{Name: Saga, Failed: s.failed, Steps: []job.Step{
		{Name: "credentials", Do: s.credentials, Keep: s.keepCredentials},
		{Name: "start", Do: s.start},
		{Name: "switch", Do: s.live, Keep: s.keepLive},
	}}
}

func (s *Service) load(ctx context.Context, g *core.Saga) (core.App, core.Deployment, error) {
	var p progress
	_ = json.Unmarshal(g.Data, &p)
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return a, core.Deployment{}, err
	}
	d, err := s.Store.Deployment(ctx, p.Deployment)
	return a, d, err
}

func (s *Service) credentials(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return nil, err
	}
	return &core.Event{Action: "deploy.credentials", Actor: g.Actor, AppID: a.ID, Target: string(d.ID), Code: "ok",
		Data: map[string]string{"secrets": strings.Join(secretsOf(s.Catalog.Current(), a), " ")}}, nil
}

func (s *Service) keepCredentials(ctx context.Context, g *core.Saga) error {
	a, _, err := s.load(ctx, g)
	if err != nil {
		return err
	}
	for _, name := range secretsOf(s.Catalog.Current(), a) {
		if _, err := s.Leases.Lease(ctx, a.ID, name, LeaseTime); err != nil {
			if core.CodeOf(err) == core.NotFound {
				return core.AsError(err).Hinted("Ask the platform team to put it in. Then deploy again.")
			}
			return err
		}
	}
	return nil
}

func (s *Service) start(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, a, d); err != nil {
		return nil, err
	}
	s.started.Store(a.ID, d.ID)
	return nil, nil
}

// live switches over. What another process has started is gone with that
// process, and what another deployment has started since runs in its place: then
// this one is started again first.
func (s *Service) live(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return nil, err
	}
	if last, ok := s.started.Load(a.ID); !ok || last != d.ID {
		if _, err := s.start(ctx, g); err != nil {
			return nil, err
		}
	}
	return &core.Event{Action: "app.deploy", Actor: g.Actor, AppID: a.ID, Gate: core.GateAppDeploy, Target: d.Artifact, Code: "ok",
		Data: map[string]string{"target": d.Target, "region": d.Region, "deployment": string(d.ID), "decision": string(d.Decision)}}, nil
}

func (s *Service) keepLive(ctx context.Context, g *core.Saga) error {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return err
	}
	now := core.Stamp(s.Clock.Now())
	old, err := s.Store.Live(ctx, a.ID)
	if err == nil {
		err = s.Store.MoveDeployment(ctx, old, core.DeployReplaced, now)
	}
	if err != nil && core.CodeOf(err) != core.NotFound {
		return err
	}
	return s.Store.MoveDeployment(ctx, d, core.DeployLive, 0)
}

func (s *Service) failed(ctx context.Context, g *core.Saga, cause *core.Error) (*core.Event, error) {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return nil, err
	}
	if err := s.Store.MoveDeployment(ctx, d, core.DeployFailed, core.Stamp(s.Clock.Now())); err != nil {
		return nil, err
	}
	err = s.Tell.Tell(ctx, core.Notice{Person: d.By, AppID: a.ID, Key: "deploy-failed:" + string(d.ID), Title: a.Name + " could not be started", Body: cause.Msg, Link: "/apps/" + a.Name})
	return &core.Event{Action: "app.deploy", Actor: g.Actor, AppID: a.ID, Target: d.Artifact, Code: string(cause.Code), Data: map[string]string{"deployment": string(d.ID), "problem": cause.Msg}}, err
}
