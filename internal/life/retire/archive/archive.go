// Package archive takes an app out of service and brings it back: address off,
// credentials revoked, repository frozen, data kept; restoring undoes all of it
// (LIF-2, promise 4).
package archive

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
	"github.com/paddock-dev/paddock/internal/engine/policy"
)

// Saga is the kind of saga that archives.
const Saga = "archive"

// Store keeps the app's state and its credentials' ends.
type Store interface {
	App(ctx context.Context, id core.ID) (core.App, error)
	SagasOf(ctx context.Context, app core.ID) ([]core.Saga, error)
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	MoveApp(ctx context.Context, a core.App, to core.AppState, idleSince, archived int64) error
	TouchApp(ctx context.Context, id core.ID, at int64) error
	Live(ctx context.Context, app core.ID) (core.Deployment, error)
	Deployments(ctx context.Context, app core.ID) ([]core.Deployment, error)
	LastDeployment(ctx context.Context, app core.ID) (core.Deployment, error)
	MoveDeployment(ctx context.Context, d core.Deployment, to core.DeploymentState, ended int64) error
	RevokeLeases(ctx context.Context, app core.ID, now int64, why string) (int, error)
	RevokeVisits(ctx context.Context, app core.ID, now int64) error
}

// People finds co-owners, and who restores.
type People interface {
	Person(ctx context.Context, id core.ID) (core.Person, error)
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

// Archive asks the gate and takes an app out of service. It may be repeated: an
// archiving that is under way is gone on with, and whoever repeats a wish that has
// come true is answered as the first time.
// Errors: Conflict when the app is not in service, Denied, Pending.
func (s *Service) Archive(ctx context.Context, a core.App, actor core.Actor, why string) error {
	h, err := s.history(ctx, a.ID)
	if err != nil {
		return err
	}
	saga, under := h.running[Saga]
	if under {
		_, err = s.finish(ctx, saga)
		return err
	}
	if !a.State.CanMove(core.AppArchived) {
		if g, mine := h.wished(Saga, RestoreSaga, actor); mine && g.State == core.SagaDone && a.State == core.AppArchived {
			return nil
		}
		return core.Errorf(core.Conflict, "App %q is %s: it cannot be archived.", a.Name, a.State)
	}
	who := core.Person{Email: actor.Name, ID: actor.ID}
	q := gate.Question{Gate: core.GateAppArchive, AppID: a.ID, Digest: fmt.Sprintf("%s@%d", a.ID, a.Version), Subject: "Archiving " + a.Name, Link: "/apps/" + a.Name, Actor: actor, Asker: actor.ID,
		Excluded: []core.ID{actor.ID}, Input: s.Facts.Facts(who, a)}
	_, err = s.Gates.Pass(ctx, q, func(ctx context.Context, d core.Decision) error {
		var err error
		saga, err = s.Sagas.Start(ctx, Saga, string(d.ID), a.ID, progress{Why: why}, actor)
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.finish(ctx, saga)
	return err
}

// finish runs what is left of a saga.
func (s *Service) finish(ctx context.Context, saga core.Saga) (core.Saga, error) {
	saga, err := s.Sagas.Run(ctx, saga.ID)
	if err == nil && saga.State == core.SagaFailed {
		return saga, core.Errorf(core.Unavailable, "%s", saga.Problem)
	}
	return saga, err
}
