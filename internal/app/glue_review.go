package app

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/adapter/store"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/engine/identity"
	"github.com/paddock-dev/paddock/internal/org/approval"
	"github.com/paddock-dev/paddock/internal/org/pipeline"
	"github.com/paddock-dev/paddock/internal/org/review"
)

// rights knows for access reviews who may do what, and takes rights away.
type rights struct {
	*store.DB
	identity  *identity.Service
	approvals *approval.Approvals
	pipelines *pipeline.Service
	tell      identity.Teller
}

// accessReviews makes the access reviews of this house.
func (h *house) accessReviews() *review.Reviews {
	r := rights{DB: h.store, identity: h.identity, approvals: h.approvals, pipelines: h.pipelines, tell: h.notifier}
	return &review.Reviews{Store: h.store, Rights: r, Remover: r, Tickets: h.store, Audit: h.audit, Tell: h.notifier, Clock: h.clock, IDs: h.ids}
}

// Tokens implements review.Rights.
func (r rights) Tokens(ctx context.Context, person core.ID) ([]core.Credential, error) {
	return r.identity.Tokens(ctx, person)
}

// Pipelines implements review.Rights.
func (r rights) Pipelines(ctx context.Context, app core.ID) ([]core.Pipeline, error) {
	all, err := r.DB.Pipelines(ctx, app)
	return slices.DeleteFunc(all, func(p core.Pipeline) bool { return p.State != core.PipelineActive }), err
}

// mostGivers bounds how many additions of people are looked through.
const mostGivers = 100_000

// Givers implements review.Rights: whoever added a person gave the roles.
func (r rights) Givers(ctx context.Context) (map[core.ID]core.ID, error) {
	out := map[core.ID]core.ID{}
	f := store.EventFilter{Action: "person.add", Most: 1000}
	for len(out) < mostGivers {
		events, next, err := r.FindEvents(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			out[core.ID(e.Target)] = e.Actor.ID
		}
		if next == "" {
			break
		}
		f.Before = next
	}
	return out, nil
}

// LastAct implements review.Rights.
func (r rights) LastAct(ctx context.Context, person, app core.ID) (int64, error) {
	events, err := r.SearchEvents(ctx, store.EventFilter{Actor: person, App: app, Most: 1})
	if err != nil || len(events) == 0 {
		return 0, err
	}
	return events[0].At, nil
}

// Humans implements review.Rights.
func (r rights) Humans(ctx context.Context) (core.Humans, error) {
	links, err := r.approvals.Links(ctx)
	return core.NewHumans(links), err
}

// Remove implements review.Remover: roles of groups and what microapp.yaml says
// are not Paddock's to change.
func (r rights) Remove(ctx context.Context, by core.Actor, x core.Right) (done bool, err error) {
	switch x.Kind {
	case core.RightRole:
		err = r.identity.TakeRole(ctx, by, x.Person, core.Role(x.Name))
		if core.CodeOf(err) == core.Conflict {
			p, notFound := r.Person(ctx, x.Person)
			if notFound == nil && !slices.Contains(p.Given, core.Role(x.Name)) {
				return false, nil
			}
		}
		return err == nil, err
	case core.RightToken:
		err = r.identity.EndToken(ctx, by, x.Ref, r.tell)
	case core.RightPipeline:
		var a core.App
		if a, err = r.App(ctx, x.AppID); err == nil {
			err = r.pipelines.Remove(ctx, by, a, x.Ref)
		}
	default:
		return false, nil
	}
	if core.CodeOf(err) == core.NotFound {
		err = nil // gone already
	}
	return err == nil, err
}

// Holds implements review.Remover.
func (r rights) Holds(ctx context.Context, x core.Right) (bool, error) {
	p, err := r.Person(ctx, x.Person)
	if err != nil || p.Disabled {
		return false, err
	}
	switch x.Kind {
	case core.RightRole:
		return p.Has(core.Role(x.Name)), nil
	case core.RightOwner, core.RightCoOwner:
		a, err := r.App(ctx, x.AppID)
		if err != nil || a.State == core.AppDeleted {
			return false, err
		}
		if x.Kind == core.RightOwner {
			return a.OwnerID == x.Person, nil
		}
		return slices.ContainsFunc(a.Descriptor.CoOwners, func(email string) bool { return strings.EqualFold(strings.TrimSpace(email), p.Email) }), nil
	}
	return false, nil
}
