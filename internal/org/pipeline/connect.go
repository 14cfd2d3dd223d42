package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity/ci"
)

// claims verifies a token.
func (s *Service) claims(ctx context.Context, token string) (ci.Claims, error) {
	if !s.Verify.Configured() {
		return ci.Claims{}, refuse(NotSetUp, "This Paddock takes no tokens of pipelines.").Hinted("The platform team sets it up in the identity settings, under ci.")
	}
	return s.Verify.Verify(ctx, token)
}

// once uses a token up, in the caller's transaction: a second time it is refused.
func (s *Service) once(ctx context.Context, c ci.Claims) error {
	sum := sha256.Sum256([]byte(c.Issuer + "\x00" + c.JTI))
	ok, err := s.Store.UseCIToken(ctx, hex.EncodeToString(sum[:]), core.Stamp(c.Expires.Add(2*time.Minute)), core.Stamp(s.Clock.Now()))
	if err == nil && !ok {
		err = refuse(Replayed, "The token was used before.").Hinted("Ask the forge for a new one in the step that uses it.")
	}
	return err
}

// Connect puts the pipeline that holds a token before the owner of an app, to be
// confirmed. When there is no such app it says so to nobody: p is then zero, and
// the caller is told the same. Errors: those of ci.Verifier, Forbidden for a token
// that was used before or of a pull request, RateLimited when too many wait.
func (s *Service) Connect(ctx context.Context, app, token string) (c ci.Claims, p core.Pipeline, err error) {
	if c, err = s.claims(ctx, token); err != nil {
		return c, p, err
	}
	if unmerged(c.Event) {
		return c, p, refuse(WrongEvent, "A pipeline is not connected from a %s.", c.Event).Hinted("Run paddock ci connect on the branch that you ship from.")
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		a, err := s.Store.AppByName(ctx, app)
		if core.CodeOf(err) == core.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.once(ctx, c); err != nil {
			return err
		}
		p, err = s.ask(ctx, a, c)
		return err
	})
	return c, p, err
}

func (s *Service) ask(ctx context.Context, a core.App, c ci.Claims) (core.Pipeline, error) {
	now := s.Clock.Now()
	p := core.Pipeline{ID: s.IDs.New(now), AppID: a.ID, Kind: c.Kind, Issuer: c.Issuer, RepositoryID: c.RepositoryID, OwnerID: c.OwnerID, Repository: c.Repository, Ref: c.Ref,
		Environment: c.Environment, Events: []string{c.Event}, Workflow: c.Workflow, SelfHosted: c.SelfHosted, State: core.PipelinePending,
		Asked: core.Stamp(now), Lapses: core.Stamp(now.Add(pendingLife)), Version: 1}
	if !c.Own {
		p.WorkflowSHA = c.WorkflowSHA
	}
	have, err := s.Store.Pipelines(ctx, a.ID)
	if err != nil {
		return p, err
	}
	all, ofOne := 0, 0
	for _, old := range have {
		if same(old, p) && old.WorkflowSHA == p.WorkflowSHA && old.SelfHosted == p.SelfHosted && slices.Contains(old.Events, c.Event) && s.standing(old) {
			return old, s.Audit.Append(ctx, s.event("pipeline.ask", robot(c), old, map[string]string{"again": "yes", "run": c.Run, "login": c.Login}))
		}
		if old.State == core.PipelinePending && s.standing(old) {
			all++
			if old.RepositoryID == p.RepositoryID {
				ofOne++
			}
		}
	}
	if all >= mostPending || ofOne >= mostOfOne {
		return p, core.Errorf(core.RateLimited, "Too many pipelines wait to be confirmed for this app.").Hinted("The app's owner can remove those that should not be there.")
	}
	if err := s.Store.AddPipeline(ctx, p); err != nil {
		return p, err
	}
	if err := s.Audit.Append(ctx, s.event("pipeline.ask", robot(c), p, map[string]string{"run": c.Run, "login": c.Login})); err != nil {
		return p, err
	}
	return p, s.Tell.Tell(ctx, core.Notice{Person: a.OwnerID, AppID: a.ID, Key: "pipeline:" + string(p.ID), Title: "A pipeline asks to act for " + a.Name,
		Body: "It is " + p.Repository + ". Look at it, and confirm it only if you know it.", Link: "/apps/" + a.Name + "#pipelines"})
}

// same reports whether two connections are of one pipeline, whatever its commit.
func same(a, b core.Pipeline) bool {
	return a.Issuer == b.Issuer && a.RepositoryID == b.RepositoryID && a.OwnerID == b.OwnerID && a.Ref == b.Ref && a.Environment == b.Environment && a.Workflow == b.Workflow && a.Own() == b.Own()
}

// standing reports whether a connection is in force or can still be confirmed.
func (s *Service) standing(p core.Pipeline) bool {
	return p.State == core.PipelineActive || p.State == core.PipelinePending && core.Stamp(s.Clock.Now()) < p.Lapses
}

// event begins an event about a pipeline. The login of who set a run off is
// personal, and the log keeps it as such.
func (s *Service) event(action string, by core.Actor, p core.Pipeline, more map[string]string) core.Event {
	data := map[string]string{"repository": p.Repository, "repository_id": p.RepositoryID, "owner_id": p.OwnerID, "ref": p.Ref, "workflow": p.Workflow}
	for k, v := range more {
		data[k] = v
	}
	return core.Event{Action: action, Actor: by, AppID: p.AppID, Target: fmt.Sprintf("pipeline %s", p.ID), Code: "ok", Data: data}
}

// robot names a run that nobody has confirmed.
func robot(c ci.Claims) core.Actor {
	return core.Actor{Kind: core.ActorService, Name: c.Repository, Door: "api"}
}
