package tour

import (
	"context"

	"github.com/paddock-dev/paddock/internal/app/visit"
	"github.com/paddock-dev/paddock/internal/core"
)

// scene leaves something to look at for those who stay: an app in daily use, a
// change that is blocked, a change that is ready, and a request that waits.
func scene(ctx context.Context, r *road) error {
	if err := r.maker.Call(ctx, "POST", "/apps", r.form("absence-planner", "restricted"), nil); err != nil {
		return err
	}
	if _, err := r.waitFor(ctx, "absence-planner", core.AppProvisioning); err != nil {
		return err
	}
	if _, err := r.tree.Run(ctx, "checkout", "-q", "-B", "stages", "origin/main"); err != nil {
		return err
	}
	if err := visit.First(r.tree.Edit("src/form.ts", `"hired", "declined"`, `"hired", "declined", "on hold"`), r.tree.Commit(ctx, "Add the stage \"on hold\"")); err != nil {
		return err
	}
	if _, err := r.tree.Run(ctx, "push", "-q", "origin", "stages"); err != nil {
		return err
	}
	if _, err := r.tree.Run(ctx, "checkout", "-q", "-B", "faster", "origin/main"); err != nil {
		return err
	}
	if err := visit.First(r.tree.Edit("microapp.yaml", "region: eu-sovereign", "region: us-west-2"), r.tree.Write("package-lock.json", lodash),
		r.tree.Write("package.json", "{\n  \"name\": \"candidate-tracker\",\n  \"private\": true,\n  \"dependencies\": { \"lodash\": \"4.17.20\" }\n}\n"),
		r.tree.Commit(ctx, "Move closer to the sales team")); err != nil {
		return err
	}
	if _, err := r.tree.Run(ctx, "push", "-q", "origin", "faster"); err != nil {
		return err
	}
	return r.useIt(ctx)
}

// useIt has a colleague work with the tracker, so that its page shows use.
func (r *road) useIt(ctx context.Context) error {
	if err := r.signIn(ctx, r.colleague); err != nil {
		return err
	}
	address, err := r.address(ctx, r.app)
	if err != nil {
		return err
	}
	for range 20 {
		if err := r.listed(ctx, address, "Ada Lovelace"); err != nil {
			return err
		}
	}
	return r.move(ctx, 0) // so that the use is metered now
}
