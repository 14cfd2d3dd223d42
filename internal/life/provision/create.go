package provision

import (
	"context"
	"encoding/json"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/gate"
)

// Create asks the gate for an app and starts to make it. The app is returned
// with a Pending error when a human has to approve it first; Continue goes on
// then. It may be repeated: whoever sends the same form again within a few
// minutes, because the first answer was lost, is answered as the first time. Errors: Invalid (each fault names its field), Conflict (the name is
// taken), Denied (each reason in Problems).
func (s *Service) Create(ctx context.Context, who core.Person, actor core.Actor, f Form) (core.App, error) {
	rev := s.Catalog.Current()
	p, err := s.read(ctx, rev, who, f)
	if err != nil {
		return core.App{}, err
	}
	there, err := s.Store.AppByName(ctx, f.Name)
	if err == nil {
		return s.taken(ctx, who, p, there)
	}
	if core.CodeOf(err) != core.NotFound {
		return core.App{}, err
	}
	now := s.Clock.Now()
	app := core.App{ID: s.IDs.New(now), Name: f.Name, OwnerID: p.Owner.ID, OwnerEmail: p.Owner.Email, State: core.AppProvisioning, Descriptor: p.Descriptor, Created: core.Stamp(now)}
	in, err := s.input(ctx, rev, who, p)
	if err != nil {
		return app, err
	}
	q := gate.Question{Gate: core.GateAppCreate, AppID: app.ID, Digest: p.digest(), Subject: "New app " + app.Name, Link: "/apps/" + app.Name,
		Actor: actor, Asker: who.ID, Excluded: []core.ID{p.Owner.ID}, Input: in}
	var refusal error
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		_, err := s.Gates.Pass(ctx, q, func(ctx context.Context, _ core.Decision) error { return nil })
		switch core.CodeOf(err) {
		case "", core.Pending:
			refusal = err
			return s.begin(ctx, app, actor, p.Parameters, err == nil)
		case core.Denied:
			refusal = err
			return nil
		}
		return err
	})
	if err != nil {
		return app, err
	}
	return app, refusal
}

// begin keeps the app and, if the gate has let it pass, starts the saga.
func (s *Service) begin(ctx context.Context, app core.App, actor core.Actor, params map[string]string, start bool) error {
	if err := s.Store.AddApp(ctx, app); err != nil {
		return err
	}
	wish, err := json.Marshal(params)
	if err != nil {
		return core.Hidden("Creating the app", err)
	}
	if err := s.Store.PutFact(ctx, core.Fact{AppID: app.ID, Kind: factWish, Source: "form", Status: core.Seen, Value: string(wish), Observed: app.Created}); err != nil {
		return err
	}
	err = s.Audit.Append(ctx, core.Event{Action: "app.create", Actor: actor, AppID: app.ID, Gate: core.GateAppCreate, Target: app.Name, Code: "ok",
		Data: map[string]string{"template": app.Descriptor.Template, "classification": string(app.Descriptor.Classification), "region": app.Descriptor.Region}})
	if err != nil || !start {
		return err
	}
	_, err = s.Sagas.Start(ctx, Saga, string(app.ID), app.ID, progress{}, actor)
	return err
}

// factWish is the kind of the fact that keeps a form's own parameters.
const factWish = "parameters"

// Continue goes on with an app whose approval was granted. It may be repeated.
func (s *Service) Continue(ctx context.Context, id core.ID, actor core.Actor) error {
	app, err := s.Store.App(ctx, id)
	if err != nil || app.State != core.AppProvisioning {
		return err
	}
	rev := s.Catalog.Current()
	owner, err := s.People.Person(ctx, app.OwnerID)
	if err != nil {
		return err
	}
	t, err := rev.TemplateOf(app.Descriptor)
	if err != nil {
		return err
	}
	p := plan{Descriptor: app.Descriptor, Template: t, Owner: owner}
	in, err := s.input(ctx, rev, owner, p)
	if err != nil {
		return err
	}
	q := gate.Question{Gate: core.GateAppCreate, AppID: app.ID, Digest: p.digest(), Subject: "New app " + app.Name, Link: "/apps/" + app.Name,
		Actor: actor, Asker: owner.ID, Excluded: []core.ID{owner.ID}, Input: in}
	_, err = s.Gates.Pass(ctx, q, func(ctx context.Context, _ core.Decision) error {
		_, err := s.Sagas.Start(ctx, Saga, string(app.ID), app.ID, progress{}, actor)
		return err
	})
	return err
}

// Refuse ends an app that an approver said no to. It may be repeated.
func (s *Service) Refuse(ctx context.Context, id core.ID, actor core.Actor) error {
	app, err := s.Store.App(ctx, id)
	if err != nil || app.State != core.AppProvisioning {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.MoveApp(ctx, app, core.AppFailed, 0, 0); err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "app.failed", Actor: actor, AppID: app.ID, Gate: core.GateAppCreate, Target: app.Name, Code: string(core.Denied),
			Data: map[string]string{"problem": "an approver said no", "leftovers": "nothing"}})
	})
}
