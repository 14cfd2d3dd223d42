package archive

import (
	"context"
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
)

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

func why(g *core.Saga) string {
	var p progress
	_ = json.Unmarshal(g.Data, &p)
	return p.Why
}

func event(g *core.Saga, action string) *core.Event {
	return &core.Event{Action: action, Actor: g.Actor, AppID: g.AppID, Target: string(g.AppID), Code: "ok", Data: map[string]string{"why": why(g)}}
}
