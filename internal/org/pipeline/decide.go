package pipeline

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/authz"
)

// List returns an app's pipelines: those in force, and those that still wait.
func (s *Service) List(ctx context.Context, app core.ID) ([]core.Pipeline, error) {
	all, err := s.Store.Pipelines(ctx, app)
	return slices.DeleteFunc(all, func(p core.Pipeline) bool { return !s.standing(p) }), err
}

// Events are those that may be allowed besides the one that a pipeline was
// connected from. The last runs code that nobody has merged.
func Events(kind string) []string {
	if kind == core.ForgeGitLab {
		return []string{"push", "web", "schedule", "merge_request_event"}
	}
	return []string{"push", "workflow_dispatch", "schedule", "release", "pull_request"}
}

// Confirm lets a pipeline act for its app: the app's owner, and for restricted
// data and above somebody else of the security team. events are further ones that
// may set off a run; only an owner may name any. What was confirmed of the same
// pipeline at another commit of its workflow is over. Errors: NotFound, Invalid
// for an event that cannot be allowed, Forbidden, Conflict when there is nothing
// to confirm.
func (s *Service) Confirm(ctx context.Context, who core.Person, by core.Actor, a core.App, id core.ID, events []string) (core.Pipeline, error) {
	var p core.Pipeline
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		var err error
		if p, err = s.of(ctx, a, id); err != nil {
			return err
		}
		as, err := s.confirms(ctx, who, a, &p, events)
		if err != nil {
			return err
		}
		if err := s.Store.UpdatePipeline(ctx, p); err != nil {
			return err
		}
		p.Version++
		data := map[string]string{"as": as, "events": strings.Join(p.Events, ","), "workflow_sha": p.WorkflowSHA, "environment": p.Environment}
		if err := s.Audit.Append(ctx, s.event("pipeline.confirm", by, p, data)); err != nil {
			return err
		}
		if as == "owner" {
			err = s.replace(ctx, by, p)
		}
		if err == nil && as == "owner" && !p.Ready(a.Descriptor.Classification) {
			err = s.askSecurity(ctx, a, p)
		}
		return err
	})
	return p, err
}

// confirms writes who's confirmation into p, and says as what they gave it.
func (s *Service) confirms(ctx context.Context, who core.Person, a core.App, p *core.Pipeline, events []string) (as string, err error) {
	now := core.Stamp(s.Clock.Now())
	if authz.Owns(who, a) && who.Service == nil {
		_, gone := s.answers(ctx, *p, a)
		if p.Owner == "" || core.CodeOf(gone) == core.Forbidden {
			for _, e := range events {
				if !slices.Contains(Events(p.Kind), e) {
					return "", core.Errorf(core.Invalid, "The event %.60q cannot be allowed.", e).At("events").Hinted("Choose from: %s.", strings.Join(Events(p.Kind), ", "))
				}
				if !slices.Contains(p.Events, e) {
					p.Events = append(p.Events, e)
				}
			}
			if p.Security == who.ID {
				return "", core.Errorf(core.Forbidden, "You confirmed this pipeline for the security team already.").Hinted("Another owner of the app must confirm it too.")
			}
			p.Owner, p.OwnerAt, p.State = who.ID, now, core.PipelineActive
			return "owner", nil
		}
		if gone != nil {
			return "", gone
		}
	}
	switch guarded := a.Descriptor.Classification.AtLeast(core.Restricted); {
	case guarded && p.Security == "" && who.Has(core.RoleSecurity) && who.Service == nil && who.ID != p.Owner:
		p.Security, p.SecurityAt = who.ID, now
		return "security", nil
	case p.Ready(a.Descriptor.Classification):
		return "", core.Errorf(core.Conflict, "This pipeline is confirmed already.")
	case guarded && p.Owner != "":
		return "", core.Errorf(core.Forbidden, "The app holds %s data: somebody else, of the security team, must confirm this pipeline too.", a.Descriptor.Classification)
	}
	return "", core.Errorf(core.Forbidden, "Only an owner of the app confirms its pipelines.").Hinted("Ask %s.", a.OwnerEmail)
}

// Remove ends a pipeline and its access tokens at once. Errors: NotFound.
func (s *Service) Remove(ctx context.Context, by core.Actor, a core.App, id core.ID) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		p, err := s.of(ctx, a, id)
		if err != nil {
			return err
		}
		return s.remove(ctx, by, p, "asked")
	})
}

func (s *Service) remove(ctx context.Context, by core.Actor, p core.Pipeline, why string) error {
	p.State, p.Removed = core.PipelineRemoved, core.Stamp(s.Clock.Now())
	if err := s.Store.UpdatePipeline(ctx, p); err != nil {
		return err
	}
	return s.Audit.Append(ctx, s.event("pipeline.remove", by, p, map[string]string{"why": why}))
}

// replace removes what was confirmed of the same pipeline at another commit.
func (s *Service) replace(ctx context.Context, by core.Actor, now core.Pipeline) error {
	all, err := s.Store.Pipelines(ctx, now.AppID)
	if err != nil {
		return err
	}
	for _, old := range all {
		if old.ID != now.ID && old.State == core.PipelineActive && same(old, now) && old.WorkflowSHA != now.WorkflowSHA {
			if err := s.remove(ctx, by, old, "replaced"); err != nil {
				return err
			}
		}
	}
	return nil
}

// askSecurity tells the security team of a pipeline that waits for them.
func (s *Service) askSecurity(ctx context.Context, a core.App, p core.Pipeline) error {
	people, err := s.Store.People(ctx)
	if err != nil {
		return err
	}
	for _, who := range people {
		if who.Disabled || !who.Has(core.RoleSecurity) || who.ID == p.Owner {
			continue
		}
		n := core.Notice{Person: who.ID, AppID: a.ID, Key: "pipeline-security:" + string(p.ID), Title: "A pipeline waits for the security team: " + a.Name,
			Body: "The app holds " + string(a.Descriptor.Classification) + " data. Its owner confirmed " + p.Repository + ". It acts once you confirm it too.", Link: "/apps/" + a.Name + "#pipelines"}
		if err := s.Tell.Tell(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// of returns a pipeline of an app that stands. Errors: NotFound.
func (s *Service) of(ctx context.Context, a core.App, id core.ID) (core.Pipeline, error) {
	p, err := s.Store.Pipeline(ctx, id)
	if core.CodeOf(err) == core.NotFound || err == nil && (p.AppID != a.ID || !s.standing(p)) {
		return p, core.Errorf(core.NotFound, "The app %q has no such pipeline.", a.Name).Hinted("It may have been removed, or have waited too long. Look at the app's page.")
	}
	return p, err
}

// answers returns the person who answers for a pipeline. Errors: Forbidden when
// they are switched off or do not own the app any more.
func (s *Service) answers(ctx context.Context, p core.Pipeline, a core.App) (core.Person, error) {
	who, err := s.Store.Person(ctx, p.Owner)
	if err != nil && core.CodeOf(err) != core.NotFound {
		return who, err
	}
	if err != nil || who.Disabled || !authz.Owns(who, a) {
		return who, refuse(NobodyLeft, "The person who confirmed this pipeline does not own the app any more.").Hinted("Another owner of the app must confirm it, on the app's page.")
	}
	return who, nil
}

// How a pipeline stands, for people to see.
const (
	Asks             = "asks"     // its owner has not confirmed it
	WaitsForSecurity = "security" // the security team has not
	Active           = "active"
	Stopped          = "stopped" // who answers for it does not own the app any more
)

// Standing says how a pipeline stands now.
func (s *Service) Standing(ctx context.Context, p core.Pipeline, a core.App) string {
	if p.Owner == "" {
		return Asks
	}
	if _, err := s.answers(ctx, p, a); err != nil {
		return Stopped
	}
	if !p.Ready(a.Descriptor.Classification) {
		return WaitsForSecurity
	}
	return Active
}
