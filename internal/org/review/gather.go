package review

import (
	"context"
	"slices"
	"strings"

	"github.com/paddock-dev/paddock/internal/core"
)

// gather lists all rights, people's first and then app by app. Each step is kept
// with how far it came, so that a restart goes on there. When all is there, the
// reviewers are told.
func (s *Reviews) gather(ctx context.Context, r core.Review) error {
	if r.Whole {
		return nil
	}
	people, err := s.Rights.People(ctx)
	if err != nil {
		return err
	}
	if r.Upto == "" {
		if err := s.ofPeople(ctx, &r, people); err != nil {
			return err
		}
	}
	for !r.Whole {
		if err := s.ofApps(ctx, &r, people); err != nil {
			return err
		}
	}
	return nil
}

// roll finds the people who may do something.
type roll struct {
	byID    map[core.ID]core.Person
	byEmail map[string]core.Person
}

func rollOf(people []core.Person) roll {
	r := roll{map[core.ID]core.Person{}, map[string]core.Person{}}
	for _, p := range people {
		if !p.Disabled {
			r.byID[p.ID], r.byEmail[p.Email] = p, p
		}
	}
	return r
}

// ofPeople gathers roles and access tokens. A person who is switched off holds nothing.
func (s *Reviews) ofPeople(ctx context.Context, r *core.Review, people []core.Person) error {
	givers, err := s.Rights.Givers(ctx)
	if err != nil {
		return err
	}
	var items []core.ReviewItem
	for _, p := range people {
		if p.Disabled {
			continue
		}
		last, err := s.Rights.LastAct(ctx, p.ID, "")
		if err != nil {
			return err
		}
		for _, role := range p.Roles {
			from, giver := "given by hand", givers[p.ID]
			if !slices.Contains(p.Given, role) {
				from, giver = "a group of a sign-in provider", ""
			}
			items = append(items, s.item(*r, core.Right{Kind: core.RightRole, Person: p.ID, Name: string(role), From: from, Giver: giver, Used: last}, p.Created))
		}
		tokens, err := s.Rights.Tokens(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, c := range tokens {
			items = append(items, s.item(*r, core.Right{Kind: core.RightToken, Person: p.ID, Name: c.Name, Ref: c.ID, From: "made by the person", Used: c.Used}, c.Created))
		}
	}
	r.Upto = "-" // before every name of an app
	return s.keep(ctx, *r, items)
}

// ofApps gathers who owns the next apps, and whose pipelines act for them.
func (s *Reviews) ofApps(ctx context.Context, r *core.Review, people []core.Person) error {
	apps, err := s.Rights.Apps(ctx, strings.TrimPrefix(r.Upto, "-"), batch)
	if err != nil {
		return err
	}
	known := rollOf(people)
	var items []core.ReviewItem
	for _, a := range apps {
		of, err := s.ofApp(ctx, *r, a, known)
		if err != nil {
			return err
		}
		items = append(items, of...)
		r.Upto = a.Name
	}
	r.Whole = len(apps) < batch
	if !r.Whole {
		return s.keep(ctx, *r, items)
	}
	return s.whole(ctx, *r, items, people)
}

func (s *Reviews) ofApp(ctx context.Context, r core.Review, a core.App, people roll) ([]core.ReviewItem, error) {
	if a.State == core.AppDeleted {
		return nil, nil
	}
	var items []core.ReviewItem
	add := func(right core.Right, since int64) error {
		if right.Used == 0 {
			used, err := s.Rights.LastAct(ctx, right.Person, a.ID)
			if err != nil {
				return err
			}
			right.Used = used
		}
		right.AppID, right.App = a.ID, a.Name
		items = append(items, s.item(r, right, since))
		return nil
	}
	if p, ok := people.byID[a.OwnerID]; ok {
		if err := add(core.Right{Kind: core.RightOwner, Person: p.ID, Name: "owner", From: "the making of the app"}, a.Created); err != nil {
			return nil, err
		}
	}
	for _, email := range a.Descriptor.CoOwners {
		p, ok := people.byEmail[strings.ToLower(strings.TrimSpace(email))]
		if !ok || p.ID == a.OwnerID {
			continue
		}
		if err := add(core.Right{Kind: core.RightCoOwner, Person: p.ID, Name: "co-owner", From: "microapp.yaml"}, a.Created); err != nil {
			return nil, err
		}
	}
	pipelines, err := s.Rights.Pipelines(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range pipelines {
		right := core.Right{Kind: core.RightPipeline, Person: p.Owner, Name: p.Repository, Ref: p.ID, From: "confirmed by the owner", Giver: p.Owner, Used: max(p.Used, 1)}
		if err := add(right, p.OwnerAt); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// item is a right in a review. Its removal is proposed when it is old enough to
// have been used and was not.
func (s *Reviews) item(r core.Review, right core.Right, since int64) core.ReviewItem {
	idle := r.Opened - max(right.Used, since)
	return core.ReviewItem{ID: s.IDs.New(s.Clock.Now()), Review: r.ID, Right: right, Unused: idle >= Unused.Microseconds()}
}

// keep keeps what was gathered. It is book-keeping of a review that has its event.
func (s *Reviews) keep(ctx context.Context, r core.Review, items []core.ReviewItem) error {
	return s.Store.Quietly(ctx, func(ctx context.Context) error { return s.Store.Gather(ctx, r, items) })
}

// whole keeps the last of a review, and tells those who review.
func (s *Reviews) whole(ctx context.Context, r core.Review, items []core.ReviewItem, people []core.Person) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Gather(ctx, r, items); err != nil {
			return err
		}
		for _, p := range people {
			if p.Disabled || !p.Has(core.RolePlatform, core.RoleSecurity) {
				continue
			}
			n := core.Notice{Person: p.ID, Key: "review " + r.Name, Title: "The access review of " + r.Name + " is open",
				Body: "Look at who may do what, and say what should stay. It is due on " + core.Moment(r.Due).Format("2 January 2006") + ".", Link: "/reviews"}
			if err := s.Tell.Tell(ctx, n); err != nil {
				return err
			}
		}
		return s.Audit.Append(ctx, core.Event{Action: "review.gather", Actor: core.System("review"), Target: string(r.ID), Code: "ok", Data: map[string]string{"review": r.Name}})
	})
}
