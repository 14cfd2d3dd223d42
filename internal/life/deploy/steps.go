package deploy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/life/catalog"
	"github.com/paddock-dev/paddock/internal/life/run"
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

// secretsOf names the secrets that an app may use: its vendors' credentials.
func secretsOf(rev *catalog.Revision, a core.App) []string {
	var out []string
	for _, v := range vendorsOf(rev, a) {
		if v.Credential != "" {
			out = append(out, v.Credential)
		}
	}
	return out
}

// vendorsOf returns the records of the approved vendors that an app declares,
// narrowed to the hosts it declares.
func vendorsOf(rev *catalog.Revision, a core.App) []core.Vendor {
	var out []core.Vendor
	for _, use := range a.Descriptor.Vendors {
		if v, ok := rev.Vendors[use.Name]; ok && v.State == core.VendorApproved {
			if len(use.Hosts) > 0 {
				v.Hosts = slices.DeleteFunc(slices.Clone(use.Hosts), func(h string) bool { return !catalog.HostAllowed(v.Hosts, h) })
			}
			out = append(out, v)
		}
	}
	return out
}

// limits fills what an app leaves open with the organisation's defaults.
func limits(own, org core.Guardrails) core.Guardrails {
	for _, f := range []struct {
		own *int
		org int
	}{{&own.CPUMillis, org.CPUMillis}, {&own.MemoryMiB, org.MemoryMiB}, {&own.Concurrency, org.Concurrency}, {&own.TimeoutMS, org.TimeoutMS},
		{&own.EgressKBps, org.EgressKBps}, {&own.StorageMiB, org.StorageMiB}} {
		if *f.own == 0 {
			*f.own = f.org
		}
	}
	return own
}

func (s *Service) start(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, a, d); err != nil {
		return nil, err
	}
	s.started.Store(d.ID, true)
	return nil, nil
}

// run starts a deployment in the runtime.
func (s *Service) run(ctx context.Context, a core.App, d core.Deployment) error {
	spec, err := s.spec(ctx, a, d)
	if err != nil {
		return err
	}
	return s.Runtime.Deploy(ctx, spec)
}

// spec is what the runtime needs to run a deployment.
func (s *Service) spec(ctx context.Context, a core.App, d core.Deployment) (run.Spec, error) {
	bundle, err := s.Evidence.Load(ctx, d.Artifact)
	if err != nil {
		return run.Spec{}, err
	}
	rev := s.Catalog.Current()
	return run.Spec{AppID: a.ID, Name: a.Name, Deployment: d.ID, Region: d.Region, Worker: bundle.Worker, Public: bundle.Public,
		Env: map[string]string{"APP_NAME": a.Name, "APP_REGION": d.Region}, Guardrails: limits(a.Descriptor.Guardrails, rev.Settings.Guardrails), Vendors: vendorsOf(rev, a)}, nil
}

// live switches over. What another process has started is gone with that
// process, so after a crash the deployment is started again first.
func (s *Service) live(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, d, err := s.load(ctx, g)
	if err != nil {
		return nil, err
	}
	if _, ok := s.started.Load(d.ID); !ok {
		if err := s.run(ctx, a, d); err != nil {
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
	s.started.Delete(d.ID)
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

// Recover gives every live deployment back to the runtime, after a start of
// the server. One that cannot be given back does not stop the others; each
// failure is passed to note.
func (s *Service) Recover(ctx context.Context, note func(d core.Deployment, err error)) error {
	all, err := s.Store.AllLive(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		a, err := s.Store.App(ctx, d.AppID)
		if err == nil {
			err = s.adopt(ctx, a, d)
		}
		if err != nil {
			note(d, err)
		}
	}
	return nil
}

func (s *Service) adopt(ctx context.Context, a core.App, d core.Deployment) error {
	spec, err := s.spec(ctx, a, d)
	if err != nil {
		return err
	}
	return s.Runtime.Adopt(spec)
}

// Refresh gives every live app the vendors that the revision in force allows.
// One that cannot be given them does not stop the others.
func (s *Service) Refresh(ctx context.Context) error {
	rev := s.Catalog.Current()
	return errors.Join(s.eachLive(ctx, func(a core.App) error { return s.Runtime.Allow(a.ID, vendorsOf(rev, a)) }), s.Renew(ctx))
}

// Renew extends the leases of every live deployment, so that a credential ends
// soon after its app does. One that cannot be extended does not stop the others.
func (s *Service) Renew(ctx context.Context) error {
	rev := s.Catalog.Current()
	return s.eachLive(ctx, func(a core.App) error {
		var failed []error
		for _, name := range secretsOf(rev, a) {
			if _, err := s.Leases.Lease(ctx, a.ID, name, LeaseTime); err != nil {
				failed = append(failed, err)
			}
		}
		return errors.Join(failed...)
	})
}

// eachLive does something for every app that has a live deployment, and returns
// the failures of all.
func (s *Service) eachLive(ctx context.Context, do func(a core.App) error) error {
	all, err := s.Store.AllLive(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, d := range all {
		a, err := s.Store.App(ctx, d.AppID)
		if err == nil {
			err = do(a)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("app %s: %w", d.AppID, err))
		}
	}
	return errors.Join(failed...)
}
