package desk

import (
	"context"
	"time"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
	"github.com/paddock-dev/paddock/internal/engine/authz"
	"github.com/paddock-dev/paddock/internal/org/review"
)

// Reviews holds access reviews.
type Reviews interface {
	Open(ctx context.Context, by core.Actor) (core.Review, error)
	Run(ctx context.Context) error
	Decide(ctx context.Context, who core.Person, by core.Actor, id core.ID, decision core.ReviewDecision, reason string) (core.ReviewItem, error)
	// Mine says why who may not decide on an item; nil if they may.
	Mine(ctx context.Context, who core.Person, item core.ReviewItem) error
}

// mostRights bounds a page of a review.
const mostRights = 200

// AccessReviews lists the access reviews, newest first.
func (d *Desk) AccessReviews(ctx context.Context, who core.Person) ([]view.Review, error) {
	if err := authz.Can(who, authz.ReviewRead, nil); err != nil {
		return nil, err
	}
	all, err := d.Store.Reviews(ctx)
	out := []view.Review{}
	for _, r := range all {
		if err == nil {
			var v view.Review
			v, err = d.review(ctx, r)
			out = append(out, v)
		}
	}
	return out, err
}

// OpenReview opens the access review of this quarter, and gathers all rights.
// Errors: Conflict when it is open already.
func (d *Desk) OpenReview(ctx context.Context, who core.Person) (view.Review, error) {
	if err := authz.Can(who, authz.ReviewDecide, nil); err != nil {
		return view.Review{}, err
	}
	r, err := d.Reviews.Open(ctx, actor(ctx, who))
	if err == nil {
		err = d.Reviews.Run(ctx)
	}
	if err != nil {
		return view.Review{}, err
	}
	return d.reviewNamed(ctx, r.Name)
}

func (d *Desk) reviewNamed(ctx context.Context, name string) (view.Review, error) {
	r, err := d.findReview(ctx, name)
	if err != nil {
		return view.Review{}, err
	}
	return d.review(ctx, r)
}

func (d *Desk) findReview(ctx context.Context, name string) (core.Review, error) {
	all, err := d.Store.Reviews(ctx)
	for _, r := range all {
		if r.Name == name {
			return r, nil
		}
	}
	if err == nil {
		err = core.Errorf(core.NotFound, "There is no access review of %.20q.", name).Hinted("Look at the list of reviews.")
	}
	return core.Review{}, err
}

func (d *Desk) review(ctx context.Context, r core.Review) (view.Review, error) {
	t, err := d.Store.ReviewTally(ctx, r.ID)
	return view.Review{Name: r.Name, Opened: moment(r.Opened), Due: moment(r.Due), Overdue: t.Open > 0 && core.Stamp(d.Clock.Now()) > r.Due, Whole: r.Whole,
		Rights: t.Items, Open: t.Open, Unused: t.Unused, Kept: t.Kept, Removed: t.Removed, Pending: t.Pending}, err
}

// ReviewRights lists a part of an access review. Errors: NotFound.
func (d *Desk) ReviewRights(ctx context.Context, who core.Person, name string, q view.RightQuery) (view.RightPage, error) {
	if err := authz.Can(who, authz.ReviewRead, nil); err != nil {
		return view.RightPage{}, err
	}
	r, err := d.findReview(ctx, name)
	if err != nil {
		return view.RightPage{}, err
	}
	if q.Limit <= 0 || q.Limit > mostRights {
		q.Limit = mostRights
	}
	list, err := d.Store.ReviewItems(ctx, r.ID, q.Open, q.Unused, core.ID(q.After), q.Limit+1)
	if err != nil {
		return view.RightPage{}, err
	}
	page := view.RightPage{Items: []view.Right{}}
	if page.Review, err = d.review(ctx, r); err != nil {
		return page, err
	}
	if len(list) > q.Limit {
		list = list[:q.Limit]
		page.Next = string(list[len(list)-1].ID)
	}
	for _, i := range list {
		v, err := d.right(ctx, who, i)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, v)
	}
	return page, nil
}

func (d *Desk) right(ctx context.Context, who core.Person, i core.ReviewItem) (view.Right, error) {
	v := view.Right{ID: i.ID, Kind: string(i.Kind), Person: i.Email, App: i.App, Name: i.Name, Words: review.Words(i.Right), From: i.From, Used: ever(i.Used), Unused: i.Unused,
		Decision: string(i.Decision), Reason: i.Reason, By: i.ByEmail, At: ever(i.At), Gone: ever(i.Gone)}
	if i.Decision != core.ReviewOpen || authz.Can(who, authz.ReviewDecide, nil) != nil {
		return v, nil
	}
	err := d.Reviews.Mine(ctx, who, i)
	v.CanDecide = err == nil
	if core.CodeOf(err) == core.Forbidden {
		err = nil
	}
	return v, err
}

// ever is a moment, or nil for one that never was.
func ever(at int64) *time.Time {
	if at <= 1 {
		return nil
	}
	t := moment(at)
	return &t
}

// DecideRight says of a right in a review that it stays or goes. Errors: those of
// review.Decide.
func (d *Desk) DecideRight(ctx context.Context, who core.Person, id core.ID, decision, reason string) (view.Right, error) {
	if err := authz.Can(who, authz.ReviewDecide, nil); err != nil {
		return view.Right{}, err
	}
	i, err := d.Reviews.Decide(ctx, who, actor(ctx, who), id, core.ReviewDecision(decision), reason)
	if err != nil {
		return view.Right{}, err
	}
	return d.right(ctx, who, i)
}
