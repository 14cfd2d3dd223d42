package tour

import (
	"context"
	"net/http"
	"os"
	"path/filepath"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

const day = 24.0 // hours

// ageAndRestore lets time pass. 90 idle days put the app in the retirement
// queue; while the source of activity cannot be read the clock stands still;
// after 120 proven days the app is archived; restoring brings all of it back.
func ageAndRestore(ctx context.Context, r *road) (evidence, error) {
	address, err := r.address(ctx, r.app)
	if err != nil {
		return nil, err
	}
	if err := visit.First(r.inState(ctx, 89*day, core.AppActive), r.inState(ctx, 2*day, core.AppIdle)); err != nil {
		return nil, err
	}
	told, err := r.told(ctx, r.maker, r.app, "archive")
	if err := visit.First(err, visit.Must(told > 0, "the owner was not told that the app is idle")); err != nil {
		return nil, err
	}
	// 60 days in the dark prove nothing: the app must not be archived.
	if err := visit.First(r.source(ctx, false), r.inState(ctx, 60*day, core.AppIdle), r.source(ctx, true), r.inState(ctx, 0, core.AppIdle), r.inState(ctx, 20*day, core.AppIdle),
		r.inState(ctx, 10*day, core.AppArchived)); err != nil {
		return nil, err
	}
	data, err := r.isOff(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := r.maker.Call(ctx, "POST", "/apps/"+r.app+"/restore", nil, nil); err != nil {
		return nil, err
	}
	if err := visit.First(r.signIn(ctx, r.colleague), r.listed(ctx, address, "Ada Lovelace"), r.addCandidate(ctx, address, "Grace Hopper", "grace@example.org")); err != nil {
		return nil, err
	}
	if _, err := r.tree.Run(ctx, "fetch", "-q", "origin"); err != nil {
		return nil, err
	}
	return evidence{"day 89": "active", "day 91": "in the retirement queue, owner told", "60 days with the source unreadable": "the clock stood still",
		"day 121": "archived: address off, credentials revoked, data kept (" + data + ")", "restored": "app and data are back"}, nil
}

// inState moves the clock and demands the state that the tracker is in then.
func (r *road) inState(ctx context.Context, hours float64, state core.AppState) error {
	if err := r.move(ctx, hours); err != nil {
		return err
	}
	var a view.App
	err := r.admin.Call(ctx, "GET", "/apps/"+r.app, nil, &a)
	return visit.First(err, visit.Must(a.State == state, "after %.0f more days the app is %s, not %s", hours/day, a.State, state))
}

func (r *road) source(ctx context.Context, readable bool) error {
	return r.admin.Call(ctx, "POST", "/lab/sources/front-door", map[string]bool{"readable": readable}, nil)
}

// isOff demands that an archived app does not answer, that its credentials are
// ended, that its repository takes no push, and that its data is still there.
func (r *road) isOff(ctx context.Context, address string) (string, error) {
	status, text, err := r.colleague.Page(ctx, address+"/api/candidates")
	if err := visit.First(err, visit.Must(status == http.StatusNotFound, "the archived app answers %d: %.200s", status, text)); err != nil {
		return "", err
	}
	revoked, err := r.count(ctx, r.app, "lease.revoke")
	if err := visit.First(err, visit.Must(revoked > 0, "no credential was revoked")); err != nil {
		return "", err
	}
	if _, err := r.tree.Run(ctx, "checkout", "-q", "-B", "late"); err != nil {
		return "", err
	}
	if said, err := r.tree.Git(ctx, "push", "-q", "origin", "late"); err == nil {
		return "", visit.Must(false, "the archived repository took a push: %s", said)
	}
	found, err := filepath.Glob(filepath.Join(r.dir, "appdata", "*", "app.sqlite"))
	if err := visit.First(err, visit.Must(len(found) > 0, "the app's data is gone")); err != nil {
		return "", err
	}
	st, err := os.Stat(found[0])
	if err != nil {
		return "", err
	}
	return byteCount(st.Size()), nil
}
