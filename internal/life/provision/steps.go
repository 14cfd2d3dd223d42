package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/job"
	"github.com/paddock-dev/paddock/internal/life/catalog"
)

// Saga is the kind of saga that makes an app.
const Saga = "provision"

// progress is what the steps share.
type progress struct {
	Commit string  `json:"commit,omitempty"`
	Buddy  core.ID `json:"buddy,omitempty"`
}

// Kind returns the saga's steps, in order.
func (s *Service) Kind() job.Kind {
	return job.Kind{Name: Saga, Failed: s.failed, Steps: []job.Step{
		{Name: "repository", Do: s.repository},
		{Name: "protection", Do: s.protection},
		{Name: "identity", Do: s.identity, Keep: s.keepIdentity},
		{Name: "ticket", Do: s.ticket, Keep: s.keepTicket},
		{Name: "buddy", Do: s.buddy, Keep: s.keepBuddy},
		{Name: "ready", Do: s.ready, Keep: s.keepReady},
	}}
}

// Subject is the name of an app's own identity in an environment.
func Subject(app core.ID) string { return fmt.Sprintf("app:%s:env:production", app) }

func (s *Service) repository(ctx context.Context, g *core.Saga) (*core.Event, error) {
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	rev := s.Catalog.Current()
	t, err := rev.TemplateOf(app.Descriptor)
	if err != nil {
		return nil, err
	}
	params, err := s.wish(ctx, app.ID)
	if err != nil {
		return nil, err
	}
	files, err := catalog.Scaffold(t, app.Descriptor, params, rev.Files)
	if err != nil {
		return nil, err
	}
	if err := s.Forge.Create(ctx, app.Name); err != nil {
		return nil, err
	}
	p := read(g)
	if p.Commit, err = s.Forge.Seed(ctx, app.Name, files, "Paddock <paddock@localhost>", "Start "+app.Name+" from "+app.Descriptor.Template, core.Moment(app.Created)); err != nil {
		return nil, err
	}
	write(g, p)
	return event(g, "app.repository", app.Name, map[string]string{"commit": p.Commit, "files": fmt.Sprint(len(files))}), nil
}

func (s *Service) protection(ctx context.Context, g *core.Saga) (*core.Event, error) {
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	if err := s.Forge.Protect(ctx, app.Name, core.Protection{Branch: "main"}); err != nil {
		return nil, err
	}
	return event(g, "app.protect", "main", nil), nil
}

func (s *Service) identity(_ context.Context, g *core.Saga) (*core.Event, error) {
	return event(g, "app.identity", Subject(g.AppID), nil), nil
}

func (s *Service) keepIdentity(ctx context.Context, g *core.Saga) error {
	return s.Store.PutFact(ctx, core.Fact{AppID: g.AppID, Kind: "identity", Source: "paddock", Status: core.Seen, Value: Subject(g.AppID), Observed: core.Stamp(s.Clock.Now())})
}

func (s *Service) ticket(ctx context.Context, g *core.Saga) (*core.Event, error) {
	return event(g, "ticket.open", "onboard:"+string(g.AppID), nil), nil
}

func (s *Service) keepTicket(ctx context.Context, g *core.Saga) error {
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return err
	}
	title := "Welcome to " + app.Name
	if t, err := s.Catalog.Current().TemplateOf(app.Descriptor); err == nil && t.Ticket != "" {
		title = strings.ReplaceAll(t.Ticket, "{{app}}", app.Name)
	}
	now := s.Clock.Now()
	_, err = s.Store.AddTicket(ctx, core.Ticket{ID: s.IDs.New(now), AppID: app.ID, Key: "onboard:" + string(app.ID), Title: title, Open: true, Owner: app.OwnerID, At: core.Stamp(now),
		Body: "Clone the repository. Make a branch, change something and push it. Then read the checklist of your change."})
	return err
}

func (s *Service) buddy(ctx context.Context, g *core.Saga) (*core.Event, error) {
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	people, err := s.People.People(ctx)
	if err != nil {
		return nil, err
	}
	load, err := s.Store.BuddyLoad(ctx)
	if err != nil {
		return nil, err
	}
	p := read(g)
	p.Buddy = s.Buddy(people, load, app.OwnerID)
	write(g, p)
	if p.Buddy == "" {
		return event(g, "app.buddy", "nobody is free", nil), nil
	}
	return event(g, "app.buddy", string(p.Buddy), nil), nil
}

func (s *Service) keepBuddy(ctx context.Context, g *core.Saga) error {
	buddy := read(g).Buddy
	if buddy == "" {
		return nil
	}
	if err := s.Store.SetBuddy(ctx, g.AppID, buddy); err != nil {
		return err
	}
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return err
	}
	return s.Tell.Tell(ctx, core.Notice{Person: buddy, AppID: app.ID, Key: "buddy:" + string(app.ID), Title: "You are the buddy of " + app.Name,
		Body: "Please help " + app.OwnerEmail + " for the first 30 days.", Link: "/apps/" + app.Name})
}

func (s *Service) ready(ctx context.Context, g *core.Saga) (*core.Event, error) {
	return event(g, "app.ready", string(g.AppID), nil), nil
}

func (s *Service) keepReady(ctx context.Context, g *core.Saga) error {
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return err
	}
	if err := s.Store.MoveApp(ctx, app, core.AppActive, 0, 0); err != nil {
		return err
	}
	return s.Tell.Tell(ctx, core.Notice{Person: app.OwnerID, AppID: app.ID, Key: "ready:" + string(app.ID), Title: app.Name + " is ready",
		Body: "Its repository is made. Clone it and push your first change.", Link: "/apps/" + app.Name})
}

// failed marks the app; what was made stays and is listed, so that a retry goes
// on from there.
func (s *Service) failed(ctx context.Context, g *core.Saga, cause *core.Error) (*core.Event, error) {
	app, err := s.Store.App(ctx, g.AppID)
	if err != nil {
		return nil, err
	}
	if err := s.Store.MoveApp(ctx, app, core.AppFailed, 0, 0); err != nil {
		return nil, err
	}
	left := "nothing"
	if there, err := s.Forge.Exists(ctx, app.Name); err == nil && there {
		left = "repository " + app.Name
	}
	e := event(g, "app.failed", app.Name, map[string]string{"step": fmt.Sprint(g.Step + 1), "problem": cause.Msg, "leftovers": left})
	e.Code = string(cause.Code)
	return e, s.Tell.Tell(ctx, core.Notice{Person: app.OwnerID, AppID: app.ID, Key: "failed:" + string(g.ID), Title: app.Name + " could not be made",
		Body: cause.Msg, Link: "/apps/" + app.Name})
}

// wish returns the form's own parameters.
func (s *Service) wish(ctx context.Context, app core.ID) (map[string]string, error) {
	facts, err := s.Store.Facts(ctx, app)
	if err != nil {
		return nil, err
	}
	params := map[string]string{}
	for _, f := range facts {
		if f.Kind != factWish {
			continue
		}
		if err := json.Unmarshal([]byte(f.Value), &params); err != nil {
			return nil, core.Hidden("Reading the form again", err)
		}
	}
	return params, nil
}

func read(g *core.Saga) (p progress) {
	_ = json.Unmarshal(g.Data, &p)
	return p
}

func write(g *core.Saga, p progress) {
	g.Data, _ = json.Marshal(p)
}

func event(g *core.Saga, action, target string, data map[string]string) *core.Event {
	return &core.Event{Action: action, Actor: g.Actor, AppID: g.AppID, Target: target, Code: "ok", Data: data}
}
