package store

import (
	"context"

	"github.com/paddock-dev/paddock/internal/adapter/store/gen"
	"github.com/paddock-dev/paddock/internal/core"
)

// AddReview opens a review; first is false when there is one of its name.
func (d *DB) AddReview(ctx context.Context, r core.Review) (first bool, err error) {
	w, err := d.w(ctx)
	if err != nil {
		return false, err
	}
	n, err := w.InsertReview(ctx, gen.InsertReviewParams{ID: string(r.ID), Name: r.Name, Opened: r.Opened, Due: r.Due})
	return n == 1, broken("Opening an access review", err)
}

// Reviews lists all reviews, newest first.
func (d *DB) Reviews(ctx context.Context) ([]core.Review, error) {
	rows, err := d.r(ctx).ListReviews(ctx)
	return each(rows, err, func(r gen.Review) core.Review {
		return core.Review{ID: core.ID(r.ID), Name: r.Name, Opened: r.Opened, Due: r.Due, Upto: r.Upto, Whole: r.Whole}
	}, "Listing access reviews")
}

// Gather keeps items of a review, and how far gathering has come. Items that are
// there already stay as they are.
func (d *DB) Gather(ctx context.Context, r core.Review, items []core.ReviewItem) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(items))
	for _, i := range items {
		rows = append(rows, []any{string(i.ID), string(r.ID), string(i.Kind), string(i.Person), string(i.AppID), i.App, i.Name, string(i.Ref), i.From, string(i.Giver), i.Used, i.Unused})
	}
	columns := []string{"id", "review_id", "kind", "person_id", "app_id", "app", "name", "ref", "source", "giver", "used", "unused"}
	if err := d.insertNew(ctx, "review_item", columns, rows); err != nil {
		return broken("Gathering rights", err)
	}
	return broken("Gathering rights", w.GatherReview(ctx, gen.GatherReviewParams{ID: string(r.ID), Upto: r.Upto, Whole: r.Whole}))
}

// ReviewItems lists up to most items of a review after one, by id; open leaves out
// what is decided, unused what was used.
func (d *DB) ReviewItems(ctx context.Context, review core.ID, open, unused bool, after core.ID, most int) ([]core.ReviewItem, error) {
	rows, err := d.r(ctx).ListReviewItems(ctx, gen.ListReviewItemsParams{Review: string(review), After: string(after), Decided: !open, Used: !unused, Most: int32(most)})
	return each(rows, err, func(r gen.ListReviewItemsRow) core.ReviewItem { return reviewItem(gen.GetReviewItemRow(r)) }, "Listing a review")
}

// ReviewItem returns one item. Errors: NotFound.
func (d *DB) ReviewItem(ctx context.Context, id core.ID) (core.ReviewItem, error) {
	row, err := d.r(ctx).GetReviewItem(ctx, string(id))
	return reviewItem(row), found(err, "There is no right with the id %q in a review.", id)
}

// Unsettled lists up to most items after one that are to be removed and were not
// seen to be gone.
func (d *DB) Unsettled(ctx context.Context, after core.ID, most int) ([]core.ReviewItem, error) {
	rows, err := d.r(ctx).ListUnsettled(ctx, gen.ListUnsettledParams{After: string(after), Most: int32(most)})
	return each(rows, err, func(r gen.ListUnsettledRow) core.ReviewItem { return reviewItem(gen.GetReviewItemRow(r)) }, "Listing removals")
}

// Decide keeps what was said of a right. Errors: Conflict when something was said
// already.
func (d *DB) Decide(ctx context.Context, i core.ReviewItem) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	n, err := w.DecideReviewItem(ctx, gen.DecideReviewItemParams{ID: string(i.ID), Decision: string(i.Decision), Reason: i.Reason, ByPerson: string(i.By), At: i.At})
	return changed(n, err, "Deciding on a right", core.Errorf(core.Conflict, "Somebody has decided on this right already.").Hinted("Load the review again."))
}

// Settle keeps when a right was seen to be gone.
func (d *DB) Settle(ctx context.Context, item core.ID, gone int64) error {
	w, err := d.w(ctx)
	if err != nil {
		return err
	}
	return broken("Settling a removal", w.SettleReviewItem(ctx, gen.SettleReviewItemParams{ID: string(item), Gone: gone}))
}

// ReviewTally counts the items of a review.
func (d *DB) ReviewTally(ctx context.Context, review core.ID) (core.ReviewTally, error) {
	r, err := d.r(ctx).TallyReview(ctx, string(review))
	return core.ReviewTally{Items: int(r.Items), Open: int(r.Open), Unused: int(r.Unused), Kept: int(r.Kept), Removed: int(r.Removed), Pending: int(r.Pending)}, broken("Counting a review", err)
}

func reviewItem(r gen.GetReviewItemRow) core.ReviewItem {
	return core.ReviewItem{ID: core.ID(r.ID), Review: core.ID(r.ReviewID),
		Right: core.Right{Kind: core.RightKind(r.Kind), Person: core.ID(r.PersonID), Email: r.Email, AppID: core.ID(r.AppID), App: r.App, Name: r.Name, Ref: core.ID(r.Ref),
			From: r.Source, Giver: core.ID(r.Giver), Used: r.Used},
		Unused: r.Unused, Decision: core.ReviewDecision(r.Decision), Reason: r.Reason, By: core.ID(r.ByPerson), ByEmail: r.ByEmail, At: r.At, Gone: r.Gone}
}
