package tour

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/door/view"
)

// crashPoint is between two provisioning steps: the third is done, but not yet
// recorded.
const crashPoint = "provision:3:after"

// createThroughCrash makes the app while the server kills itself between two
// steps. After a restart everything is there, exactly once.
func createThroughCrash(ctx context.Context, r *road) (evidence, error) {
	if err := r.server.Stop(ctx); err != nil {
		return nil, err
	}
	if err := r.server.Start(ctx, crashPoint); err != nil {
		return nil, err
	}
	// The answer may or may not arrive before the server dies: both are fine.
	var pr *visit.Problem
	if err := r.maker.Call(ctx, "POST", "/apps", r.form(r.app, "internal"), nil); errors.As(err, &pr) {
		return nil, err
	}
	killed, err := r.server.Ended(ctx)
	if err = visit.First(err, visit.Must(killed, "the server was not killed at %s", crashPoint)); err != nil {
		return nil, err
	}
	if err := r.server.Start(ctx, ""); err != nil {
		return nil, err
	}
	a, err := r.waitFor(ctx, r.app, core.AppActive)
	if err != nil {
		return nil, err
	}
	events, err := r.once(ctx, r.app, "app.create", "app.repository", "app.protect", "app.identity", "ticket.open", "app.buddy", "app.ready")
	if err != nil {
		return nil, err
	}
	if err := visit.First(visit.Must(len(a.Tickets) == 1, "there are %d tickets", len(a.Tickets)), visit.Must(a.Buddy == visit.AdminEmail, "the buddy is %q", a.Buddy)); err != nil {
		return nil, err
	}
	if r.tree, err = r.cloneOf(ctx, r.maker, r.app, "tracker"); err != nil {
		return nil, err
	}
	files, err := r.tree.Run(ctx, "ls-files", "microapp.yaml", ".github/workflows/paddock.yml", ".gitlab-ci.yml", "src/worker.ts")
	if err != nil {
		return nil, err
	}
	log, err := r.tree.Run(ctx, "rev-list", "--count", "HEAD")
	if err != nil {
		return nil, err
	}
	return evidence{"killed at": crashPoint, "events, once each": events, "ticket": a.Tickets[0].Title, "buddy": a.Buddy, "first commit has": lines(files)},
		visit.First(visit.Must(len(lines(files)) == 4, "the first commit has only %v", lines(files)), visit.Must(log == "1\n", "the repository begins with %s commits", log), r.mainIsProtected(ctx))
}

// mainIsProtected demands that a push to the main branch is refused.
func (r *road) mainIsProtected(ctx context.Context) error {
	if _, err := r.tree.Run(ctx, "commit", "-q", "--allow-empty", "-m", "straight to main"); err != nil {
		return err
	}
	out, err := r.tree.Git(ctx, "push", "-q", "origin", "HEAD:main")
	if err := visit.Must(err != nil, "a push to main was kept: %s", out); err != nil {
		return err
	}
	_, err = r.tree.Run(ctx, "reset", "-q", "--hard", "origin/main")
	return err
}

// waitFor waits until an app is in a state.
func (r *road) waitFor(ctx context.Context, name string, state core.AppState) (view.App, error) {
	var a view.App
	err := visit.Until(ctx, 20*time.Second, fmt.Sprintf("%s to be %s", name, state), func() (bool, error) {
		err := r.admin.Call(ctx, "GET", "/apps/"+name, nil, &a)
		return a.State == state, err
	})
	return a, err
}

// once demands that each action was recorded exactly once for the app, and
// returns how many actions that were.
func (r *road) once(ctx context.Context, app string, actions ...string) (int, error) {
	for _, action := range actions {
		n, err := r.count(ctx, app, action)
		if err != nil {
			return 0, err
		}
		if err := visit.Must(n == 1, "%s was recorded %d times", action, n); err != nil {
			return 0, err
		}
	}
	return len(actions), nil
}

// count returns how many events of an action an app has.
func (r *road) count(ctx context.Context, app, action string) (int, error) {
	var page view.EventPage
	err := r.admin.Call(ctx, "GET", "/events?app="+app+"&action="+action, nil, &page)
	return len(page.Events), err
}
