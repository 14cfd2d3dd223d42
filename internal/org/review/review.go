// Package review looks at all standing rights once a quarter (WFL-5): who holds
// them, whether they were used, and whether they should stay.
//
// Everything that somebody may do until it is taken away is one item: roles,
// owning an app, access tokens, pipelines. Grants are not: they end by themselves.
// A reviewer is never the one who holds the right, nor the one who gave it. A
// right that is to go is taken away at once where Paddock can do that, and asked
// for in a ticket where it cannot; either way the item is settled only when the
// right was seen to be gone.
//
//	open --keep--> kept
//	  \--remove--> pending --seen to be gone--> removed
package review

import (
	"context"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
)

const (
	// Days is how long reviewers have.
	Days = 30
	// Unused is how long a right is not used until its removal is proposed.
	Unused = 90 * 24 * time.Hour
	// batch is how many apps are gathered in one transaction.
	batch = 100
	// mostReason bounds the reason of a decision, in bytes.
	mostReason = 1000
)

// Store keeps reviews.
type Store interface {
	AddReview(ctx context.Context, r core.Review) (first bool, err error)
	Reviews(ctx context.Context) ([]core.Review, error)
	Gather(ctx context.Context, r core.Review, items []core.ReviewItem) error
	ReviewItem(ctx context.Context, id core.ID) (core.ReviewItem, error)
	Unsettled(ctx context.Context, after core.ID, most int) ([]core.ReviewItem, error)
	Decide(ctx context.Context, i core.ReviewItem) error
	Settle(ctx context.Context, item core.ID, gone int64) error
	// InTx runs fn in one transaction; a call inside a transaction joins it.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	Quietly(ctx context.Context, fn func(ctx context.Context) error) error
}

// Rights knows who may do what until it is taken away.
type Rights interface {
	People(ctx context.Context) ([]core.Person, error)
	Apps(ctx context.Context, after string, most int) ([]core.App, error)
	// Tokens lists a person's access tokens in force.
	Tokens(ctx context.Context, person core.ID) ([]core.Credential, error)
	// Pipelines lists the active pipelines of an app.
	Pipelines(ctx context.Context, app core.ID) ([]core.Pipeline, error)
	// Givers says who added each person.
	Givers(ctx context.Context) (map[core.ID]core.ID, error)
	// LastAct returns when a person acted last, in one app or, with "", anywhere.
	LastAct(ctx context.Context, person, app core.ID) (int64, error)
	// Humans tells which accounts are one human's.
	Humans(ctx context.Context) (core.Humans, error)
}

// Remover takes rights away.
type Remover interface {
	// Remove ends a right. done is false for one that Paddock cannot end: somebody
	// has to, and a ticket asks for it.
	Remove(ctx context.Context, by core.Actor, r core.Right) (done bool, err error)
	// Holds reports whether a right still stands.
	Holds(ctx context.Context, r core.Right) (bool, error)
}

// Audit writes events in the caller's transaction.
type Audit interface {
	Append(ctx context.Context, e core.Event) error
}

// Teller tells people, once for each key, in the caller's transaction.
type Teller interface {
	Tell(ctx context.Context, n core.Notice) error
}

// Tickets opens tickets, once for each key.
type Tickets interface {
	AddTicket(ctx context.Context, t core.Ticket) (first bool, err error)
}

// Reviews holds access reviews. It is safe for concurrent use if its parts are.
type Reviews struct {
	Store   Store
	Rights  Rights
	Remover Remover
	Tickets Tickets
	Audit   Audit
	Tell    Teller
	Clock   core.Clock
	IDs     core.IDs
}

// Quarter names the quarter of a moment, as 2026-Q4.
func Quarter(t time.Time) string {
	t = t.UTC()
	return fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3)
}

// Run does what is due: it opens the review of the quarter, gathers what is not
// gathered yet, and looks whether removals have happened. It may be run at any
// time, and goes on where it stood.
func (s *Reviews) Run(ctx context.Context) error {
	if _, err := s.Open(ctx, core.System("review")); err != nil && core.CodeOf(err) != core.Conflict {
		return err
	}
	all, err := s.Store.Reviews(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := s.gather(ctx, r); err != nil {
			return err
		}
	}
	return s.settle(ctx)
}

// Open opens the review of this quarter. Errors: Conflict when it is open already.
func (s *Reviews) Open(ctx context.Context, by core.Actor) (core.Review, error) {
	now := s.Clock.Now()
	r := core.Review{ID: s.IDs.New(now), Name: Quarter(now), Opened: core.Stamp(now), Due: core.Stamp(now.Add(Days * 24 * time.Hour))}
	open, err := s.Store.Reviews(ctx)
	if err != nil {
		return r, err
	}
	if len(open) > 0 && open[0].Name == r.Name { // also said below, for two at once
		return r, already(r.Name)
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		first, err := s.Store.AddReview(ctx, r)
		if err == nil && !first {
			err = already(r.Name)
		}
		if err != nil {
			return err
		}
		return s.Audit.Append(ctx, core.Event{Action: "review.open", Actor: by, Target: string(r.ID), Code: "ok", Data: map[string]string{"review": r.Name}})
	})
	return r, err
}

func already(name string) error {
	return core.Errorf(core.Conflict, "The access review of %s is open already.", name).Hinted("Go on with that one.")
}

func (s *Reviews) now() int64 { return core.Stamp(s.Clock.Now()) }
