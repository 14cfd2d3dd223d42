package deploy

import (
	"context"
	"errors"
	"fmt"

	"github.com/paddock-dev/paddock/internal/core"
	"github.com/paddock-dev/paddock/internal/life/run"
)

// Running says how to run an app as it is deployed now, for a runtime that does
// not have it: after a start of the server, at the app's first request. Errors:
// NotFound when the app has no live deployment.
func (s *Service) Running(ctx context.Context, app core.ID) (run.Spec, error) {
	d, err := s.Store.Live(ctx, app)
	if err != nil {
		return run.Spec{}, err
	}
	a, err := s.Store.App(ctx, app)
	if err != nil {
		return run.Spec{}, err
	}
	return s.spec(ctx, a, d)
}

// Refresh gives every live app with vendors those that the revision in force
// allows. One that cannot be given them does not stop the others.
func (s *Service) Refresh(ctx context.Context) error {
	rev := s.Catalog.Current()
	return errors.Join(s.eachLive(ctx, func(a core.App) error {
		err := s.Runtime.Allow(a.ID, vendorsOf(rev, a))
		if core.CodeOf(err) == core.NotFound {
			return nil // it has not run yet, and will ask for them
		}
		return err
	}), s.Renew(ctx))
}

// Renew extends the leases of every live deployment, so that a credential ends
// soon after its app does. One that cannot be extended does not stop the others.
func (s *Service) Renew(ctx context.Context) error {
	rev := s.Catalog.Current()
	return s.eachLive(ctx, func(a core.App) error {
		var failed []error
		for _, name := range secretsOf(rev, a) {
			if _, err := s.Leases.Lease(ctx, a.ID, name, LeaseTime); err != nil {
				failed = append(failed, err)
			}
		}
		return errors.Join(failed...)
	})
}

// eachLive does something for every app with vendors that has a live deployment,
// and returns the failures of all. Most apps have no vendors and cost nothing.
func (s *Service) eachLive(ctx context.Context, do func(a core.App) error) error {
	const batch = 500
	var failed []error
	for after := core.ID(""); ; {
		apps, err := s.Store.LiveAppsWithVendors(ctx, after, batch)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, a := range apps {
			after = a.ID
			if err := do(a); err != nil {
				failed = append(failed, fmt.Errorf("app %s: %w", a.ID, err))
			}
		}
		if len(apps) < batch {
			return errors.Join(failed...)
		}
	}
}
