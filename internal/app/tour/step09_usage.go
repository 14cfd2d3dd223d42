package tour

import (
	"context"
	"fmt"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// usageAndBudget looks at what the apps used. The wild app's budget of 0.01 is
// exceeded, and its owner is told once.
func usageAndBudget(ctx context.Context, r *road) (evidence, error) {
	address, err := r.address(ctx, "wild-app")
	if err != nil {
		return nil, err
	}
	for range 3 {
		if _, _, err := r.colleague.Page(ctx, address+"/api/work"); err != nil {
			return nil, err
		}
	}
	if err := r.move(ctx, 0); err != nil { // what is due now is done now
		return nil, err
	}
	var a, tracker view.App
	if err := visit.First(r.maker.Call(ctx, "GET", "/apps/wild-app", nil, &a), r.maker.Call(ctx, "GET", "/apps/"+r.app, nil, &tracker)); err != nil {
		return nil, err
	}
	if err := visit.First(visit.Must(a.Usage.Requests > 0 && a.Usage.CPUMS > 0, "the wild app used %d requests and %d CPU ms", a.Usage.Requests, a.Usage.CPUMS),
		visit.Must(a.Usage.Cost > 0.01 && a.Usage.OverShare > 1, "it cost %.4f of a budget of %.2f", a.Usage.Cost, a.Usage.Budget.Monthly),
		visit.Must(tracker.Usage.Requests > 0, "the tracker shows no use")); err != nil {
		return nil, err
	}
	if _, _, err := r.colleague.Page(ctx, address+"/api/work"); err != nil {
		return nil, err
	}
	if err := r.move(ctx, 0); err != nil {
		return nil, err
	}
	told, err := r.told(ctx, r.maker, "wild-app", "over its budget")
	status, page, perr := r.maker.Page(ctx, r.server.Base+"/apps/wild-app")
	err = visit.First(err, perr, visit.Must(told == 1, "the owner was told %d times that it is over", told), visit.Must(status == 200 && contains(page, "0.01"), "the app's page (%d) does not show the budget", status))
	return evidence{"requests": a.Usage.Requests, "cpu ms": a.Usage.CPUMS, "cost": fmt.Sprintf("%.4f %s", a.Usage.Cost, a.Currency), "budget used": fmt.Sprintf("%.0f %%", a.Usage.OverShare*100), "owner told": told}, err
}

// told counts a person's messages about an app that hold a word.
func (r *road) told(ctx context.Context, who *visit.Person, app, word string) (int, error) {
	var list struct {
		Items []view.Notice `json:"items"`
	}
	err := who.Call(ctx, "GET", "/notices", nil, &list)
	n := 0
	for _, m := range list.Items {
		if contains(m.Link+m.Title, app) && (contains(m.Title, word) || contains(m.Body, word)) {
			n++
		}
	}
	return n, err
}

// move moves the server's clock forward; what is due by then is done.
func (r *road) move(ctx context.Context, hours float64) error {
	return r.admin.Call(ctx, "POST", "/lab/clock", map[string]float64{"hours": hours}, nil)
}
