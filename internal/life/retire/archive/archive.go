// Package archive takes an app out of service and brings it back: address off,
// credentials revoked, repository frozen, data kept; restoring undoes all of it
// (LIF-2, promise 4).
package archive

import (
	"context"
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Saga is the kind of saga that archives.
const Saga = "archive"

// Store keeps the app's state and its credentials' ends.
type Store interface {
	App(ctx context.Context, id core.ID) (core.App, error)
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	MoveApp(ctx context.Context, a core.App, to core.AppState, idleSince, archived int64) error
	TouchApp(ctx context.Context, id core.ID, at int64) error
	Live(ctx context.Context, app core.ID) (core.Deployment, error)
	LastDeployment(ctx context.Context, app core.ID) (core.Deployment, error)
	MoveDeployment(ctx context.Context, d core.Deployment, to core.DeploymentState, ended int64) error
	RevokeLeases(ctx context.Context, app core.ID, now int64, why string) (int, error)
	RevokeVisits(ctx context.Context, app core.ID, now int64) error
}

// People finds co-owners.
type People interface {
	PersonByEmail(ctx context.Context, email string) (core.Person, error)
}

// Runtime stops apps.
type Runtime interface {
	Stop(ctx context.Context, app core.ID, why string) error
}

// Forge freezes repositories.
type Forge interface {
	Freeze(ctx context.Context, name string) error
	Unfreeze(ctx context.Context, name string) error
}

// Sagas runs multi-step acts.
type Sagas interface {
	Start(ctx context.Context, kind, key string, app core.ID, data any, actor core.Actor) (core.Saga, error)
	Run(ctx context.Context, id core.ID) (core.Saga, error)
}

// Deployer deploys an artifact through its gate.
type Deployer interface {
	Deploy(ctx context.Context, who core.Person, actor core.Actor, a core.App, digest, target string) (core.Deployment, error)
}

// Facts builds what the gate is asked about an app.
type Facts interface {
	Facts(who core.Person, a core.App) policy.Input
}

// Teller tells people something once.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Service archives and restores. All fields are required.
type Service struct {
	Store   Store
	People  People
	Runtime Runtime
	Forge   Forge
	Sagas   Sagas
	Deploy  Deployer
	Facts   Facts
	Gates   *gate.Gates
	Tell    Teller
	Audit   Audit
	Clock   core.Clock
}

type progress struct {
	Why string `json:"why"`
}

// Archive asks the gate and takes an app out of service. It may be repeated.
// Errors: Conflict when the app is not in service, Denied, Pending.
func (s *Service) Archive(ctx context.Context, a core.App, actor core.Actor, why string) error {
	if !a.State.CanMove(core.AppArchived) {
		return core.Errorf(core.Conflict, "App %q is %s: it cannot be archived.", a.Name, a.State)
	}
	who := core.Person{Email: actor.Name, ID: actor.ID}
	q := gate.Question{Gate: core.GateAppArchive, AppID: a.ID, Digest: string(a.ID), Subject: "Archiving " + a.Name, Link: "/apps/" + a.Name, Actor: actor, Asker: actor.ID,
		Excluded: []core.ID{actor.ID}, Input: s.Facts.Facts(who, a)}
	var saga core.Saga
	_, err := s.Gates.Pass(ctx, q, func(ctx context.Context, d core.Decision) error {
		var err error
		saga, err = s.Sagas.Start(ctx, Saga, string(d.ID), a.ID, progress{Why: why}, actor)
		return err
	})
	if err != nil {
		return err
	}
	saga, err = s.Sagas.Run(ctx, saga.ID)
	if err == nil && saga.State == core.SagaFailed {
		return core.Errorf(core.Unavailable, "%s", saga.Problem)
	}
	return err
}

// Kind returns the steps that take an app out of service.
func (s *Service) Kind() job.Kind {
	return job.Kind{Name: Saga, Failed: s.failed, Steps: []job.Step{
		{Name: "address", Do: s.stop, Keep: s.keepStop},
		{Name: "credentials", Do: s.revoke, Keep: s.keepRevoke},
		{Name: "repository", Do: s.freeze},
		{Name: "archived", Do: s.archived, Keep: s.keepArchived},
	}}
}

func (s *Service) stop(ctx context.Context, g *core.Saga) (*core.Event, error) {
	if err := s.Runtime.Stop(ctx, g.AppID, why(g)); err != nil {
		return nil, err
	}
	return event(g, "app.stop"), nil
}

func (s *Service) keepStop(ctx context.Context, g *core.Saga) error {
	d, err := s.Store.Live(ctx, g.AppID)
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.Store.MoveDeployment(ctx, d, core.DeployStopped, core.Stamp(s.Clock.Now()))
}

func (s *Service) revoke(_ context.Context, g *core.Saga) (*core.Event, error) {
	return event(g, "lease.revoke"), nil
}

func (s *Service) keepRevoke(ctx context.Context, g *core.Saga) error {
	now := core.Stamp(s.Clock.Now())
	if _, err := s.Store.RevokeLeases(ctx, g.AppID, now, "archived"); err != nil {
		return err
	}
	return s.Store.RevokeVisits(ctx, g.AppID, now)
}

func (s *Service) freeze(ctx context.Context, g *core.Saga) (*core.Event, error) {
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	return event(g, "app.freeze"), s.Forge.Freeze(ctx, a.Name)
}

func (s *Service) archived(_ context.Context, g *core.Saga) (*core.Event, error) {
	return event(g, "app.archive"), nil
}

func (s *Service) keepArchived(ctx context.Context, g *core.Saga) error {
	a, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return err
	}
	if err := s.Store.MoveApp(ctx, a, core.AppArchived, a.IdleSince, core.Stamp(s.Clock.Now())); err != nil {
		return err
	}
	for _, person := range s.owners(ctx, a) {
		err := s.Tell.Tell(ctx, core.Notice{Person: person, AppID: a.ID, Key: "archived:" + string(g.ID), Title: a.Name + " is archived",
			Body: "Its address is off. Its data is kept. Restore it, or ask for it to be deleted.", Link: "/apps/" + a.Name})
		if err != nil {
			return err
		}
	}
	return nil
}

// owners are the owner and those co-owners who are known (promise 10).
func (s *Service) owners(ctx context.Context, a core.App) []core.ID {
	out := []core.ID{a.OwnerID}
	for _, email := range a.Descriptor.CoOwners {
		if p, err := s.People.PersonByEmail(ctx, email); err == nil && p.ID != a.OwnerID {
			out = append(out, p.ID)
		}
	}
	return out
}

func (s *Service) failed(_ context.Context, g *core.Saga, cause *core.Error) (*core.Event, error) {
	e := event(g, "app.archive")
	e.Code, e.Data["problem"] = string(cause.Code), cause.Msg
	return e, nil
}

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

func why(g *core.Saga) string {
	var p progress
	_ = json.Unmarshal(g.Data, &p)
	return p.Why
}

func event(g *core.Saga, action string) *core.Event {
	return &core.Event{Action: action, Actor: g.Actor, AppID: g.AppID, Target: string(g.AppID), Code: "ok", Data: map[string]string{"why": why(g)}}
}
